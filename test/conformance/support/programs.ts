import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../../host/serverLocation.ts';

/** What is built together, from one folder of sources with one lockfile and one toolchain. */
interface Part {
  /** The sources that go into the build, relative to `test/conformance`. */
  readonly sources: string;
  /** Names the toolchain's version. */
  readonly version: () => string;
  /** What comes out: folders that are the code of a function, or a layer. */
  readonly programs: readonly string[];
}

/** The programs on AWS's runtime clients that the conformance tests run. */
export const conformanceParts = {
  go: { sources: 'go', version: () => ask('go', 'env', 'GOVERSION'), programs: ['function', 'echo'] },
  node: {
    sources: 'node/client',
    version: () => `Node ${process.versions.modules}`,
    programs: ['client'],
  },
  python: {
    sources: 'python/client',
    version: () => ask('python3', '-c', 'import sys; print(sys.version, sys.executable)'),
    programs: ['client'],
  },
  rust: {
    sources: 'rust',
    version: () => ask('rustc', '--version'),
    programs: ['function', 'extension', 'debugged'],
  },
} as const satisfies Record<string, Part>;

/** The name of a part. */
export type ConformancePart = keyof typeof conformanceParts;

/** A part's name and one of its programs, such as `go-echo`. */
export type ConformanceProgram = {
  [P in ConformancePart]: `${P}-${(typeof conformanceParts)[P]['programs'][number]}`;
}[ConformancePart];

/** The folder of the sources. */
export const conformanceSources = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');

/** What the sources are built with; a change of it builds them anew. */
const recipes = fileURLToPath(new URL('../../../scripts/lib/conformanceRecipes.ts', import.meta.url));

/**
 * The folder with a built program: its `bootstrap` for a function (`go-function`, `go-echo`, `rust-function`), the
 * layer with the runtime client for `node-client` and `python-client`, the layer with the extension for
 * `rust-extension`, folders that are the code and two layers for `rust-debugged`. Throws an `Error` that says how to build it when it is missing.
 */
export function conformanceProgram(name: ConformanceProgram): string {
  const [part, program] = name.split('-') as [ConformancePart, string];
  const folder = join(partFolder(part), program);
  if (existsSync(folder)) return folder;
  throw new Error(
    `The conformance program ${name} is not built. Run npm run test:conformance, which does it.`,
  );
}

/**
 * Where a part is kept once it is built; it exists only when it is complete. The name changes with the sources, the
 * recipe and the toolchain. Throws an `Error` when the toolchain is missing.
 */
export function partFolder(part: ConformancePart, environment: NodeJS.ProcessEnv = process.env): string {
  const { sources, version } = conformanceParts[part];
  const hash = createHash('sha256').update(`${process.arch} ${version()}\n`).update(readFileSync(recipes));
  const folder = join(conformanceSources, sources);
  for (const file of filesBelow(folder)) {
    hash.update(`${file}\n`).update(readFileSync(join(folder, file)));
  }
  return join(cacheFolder(environment), `conformance-${part}-${hash.digest('hex').slice(0, 16)}`);
}

/** The files of a folder in a fixed order, without what somebody built there by hand. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .filter((path) => !/^(target|node_modules)\//.test(path))
    .sort();
}

function ask(command: string, ...args: string[]): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8', cwd: '/', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch (error) {
    throw new Error(`missing: ${command} – the conformance tests cannot find it on the PATH`, {
      cause: error,
    });
  }
}
