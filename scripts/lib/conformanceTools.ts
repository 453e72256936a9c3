import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { ensureSystemPackages, testPackages, thisMachine, type SystemPackage } from './systemPackages.ts';
import { onPath } from '../../test/host/onPath.ts';
import type { ConformancePart } from '../../test/conformance/support/programs.ts';

/** Something that the conformance tests need on the machine. */
type Tool = SystemPackage & {
  /** How to get it where the system's package would be too old; such a tool is never installed from here. */
  readonly advice?: string;
};

const purpose = "build AWS's runtime clients";

const program = (apt: string, command = apt): Tool => ({
  apt,
  purpose,
  present: () => onPath(command) !== undefined,
});

/** A system package that shows as a fact which Python tells. */
const pythonPackage = (apt: string, fact: string): Tool => ({
  apt,
  purpose,
  present: () => spawnSync('python3', ['-c', `import sys\n${fact}`], { cwd: '/' }).status === 0,
});

const compilers = [program('g++'), program('make'), program('cmake')];

const python = pythonPackage('python3', 'sys.exit(sys.version_info < (3, 10))');

const tools: Readonly<Record<ConformancePart, readonly Tool[]>> = {
  go: [{ ...program('go'), advice: 'install Go 1.21 or newer as https://go.dev/doc/install says' }],
  node: [...compilers, python, program('xz-utils', 'xz')],
  python: [
    ...compilers,
    ...['autoconf', 'automake'].map((name) => program(name)),
    program('libtool', 'libtoolize'),
    python,
    pythonPackage('python3-pip', 'import pip'),
    pythonPackage(
      'python3-dev',
      'import os, sysconfig\nsys.exit(not os.path.exists(sysconfig.get_paths()["include"] + "/Python.h"))',
    ),
  ],
  rust: [
    { ...program('cargo'), advice: 'install Rust 1.85 or newer as https://rustup.rs says' },
    program('gcc'),
  ],
};

/**
 * Makes sure that the parts can be built and the tests run: installs missing system packages where that can be done
 * from here. Throws an `Error` with one line `missing: NAME – how to install it` for each tool otherwise.
 */
export async function ensureTools(parts: readonly ConformancePart[], verbose: boolean): Promise<void> {
  const wanted: readonly Tool[] = [...testPackages, ...parts.flatMap((part) => tools[part])];
  const byName = new Map(wanted.map((tool) => [tool.apt, tool]));
  const missing = [...byName.values()].filter((tool) => !tool.present());
  const machine = thisMachine();
  const canInstall = machine.isRoot && machine.aptGet !== undefined && existsSync('/etc/debian_version');
  const helpless = missing.filter(({ advice }) => advice !== undefined || !canInstall);
  if (helpless.length > 0) throw new Error(helpless.map(describeMissing).join('\n'));
  await ensureSystemPackages(missing, { verbose, machine });
}

function describeMissing({ apt, advice }: Tool): string {
  return `missing: ${apt} – ${advice ?? `install it with: sudo apt-get install ${apt}`}`;
}
