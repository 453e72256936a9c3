import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const script = `
set -e
mount -t overlay overlay -o "lowerdir=$1" "$2"
exec "$3" --input-type=module -e "
  const { describeFolder } = await import(process.argv[1]);
  console.log(JSON.stringify(describeFolder(process.argv[2])));
" "$4" "$2"
`;

/**
 * What the kernel's overlayfs shows for folders stacked in order, the last one on top: the judge of every claim
 * about the merged view. Mounted in a namespace of its own that ends with the call.
 */
export function describeOverlay(work: string, folders: readonly string[]): string[] {
  const mountPoint = join(work, 'overlay-mount');
  const base = join(work, 'overlay-base');
  mkdirSync(mountPoint, { recursive: true });
  mkdirSync(base, { recursive: true });
  const lower = [...folders].reverse().concat(base).join(':');
  const treeModule = new URL('./tree.ts', import.meta.url).href;
  const output = execFileSync(
    'unshare',
    [
      '--user',
      '--map-root-user',
      '--mount',
      'sh',
      '-c',
      script,
      'sh',
      lower,
      mountPoint,
      process.execPath,
      treeModule,
    ],
    { encoding: 'utf8' },
  );
  return JSON.parse(output) as string[];
}
