import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { runQuietly, step } from './step.mjs';
import { findChromium } from '../../test/host/chromium.ts';
import { onPath } from '../../test/host/onPath.ts';

/** Something of the operating system that a part of the project needs. */
export interface SystemPackage {
  /** The name that apt knows it by. */
  readonly apt: string;
  /** What it is for, as the end of "… is needed to". */
  readonly purpose: string;
  present(): boolean;
}

const krb5Headers = ['/usr/include/gssapi/gssapi.h', '/usr/include/gssapi.h'];

/** Needed to compile the native modules of the VS Code server, once per machine. */
export const buildPackages: readonly SystemPackage[] = [
  { apt: 'python3', purpose: 'build the VS Code server', present: () => onPath('python3') !== undefined },
  { apt: 'make', purpose: 'build the VS Code server', present: () => onPath('make') !== undefined },
  { apt: 'g++', purpose: 'build the VS Code server', present: () => onPath('g++') !== undefined },
  {
    apt: 'pkg-config',
    purpose: 'build the VS Code server',
    present: () => onPath('pkg-config') !== undefined,
  },
  { apt: 'libkrb5-dev', purpose: 'build the VS Code server', present: () => krb5Headers.some(existsSync) },
];

/** Needed by the tests that open the workbench. */
export const browserPackages: readonly SystemPackage[] = [
  { apt: 'chromium', purpose: 'open VS Code in the tests', present: () => findChromium() !== undefined },
];

/** Programs that tests run functions with, and hold archives against. */
const testPrograms: readonly SystemPackage[] = ['curl', 'unzip', 'python3'].map((apt) => ({
  apt,
  purpose: 'run the tests',
  present: () => onPath(apt) !== undefined,
}));

/** Needed by all tests that run a function; making `/opt` for it works on Linux only. */
export const testPackages: readonly SystemPackage[] =
  process.platform !== 'linux'
    ? []
    : [
        {
          apt: 'util-linux',
          purpose: 'make /opt for a runtime',
          present: () => onPath('unshare') !== undefined,
        },
        ...testPrograms,
        { apt: 'zip', purpose: 'run the tests', present: canZipLinksToPipes },
        { apt: 'gcc', purpose: 'debug a program in C', present: () => onPath('gcc') !== undefined },
        { apt: 'gdb', purpose: 'debug a program in C', present: () => onPath('gdb') !== undefined },
        {
          apt: 'default-jdk-headless',
          purpose: 'debug a program in Java',
          present: () => onPath('jdb') !== undefined && onPath('javac') !== undefined,
        },
        { apt: 'python3-venv', purpose: 'run a stand-in for AWS', present: canMakeEnvironments },
      ];

/** A `zip` of Debian 12, before its update, refuses to write a link to a pipe. */
function canZipLinksToPipes(): boolean {
  return spawnSync('zip', ['-qy', '-', '/bin/sh']).status === 0; // a link on every common system
}

/** Debian's Python comes without the part that makes virtual environments. */
function canMakeEnvironments(): boolean {
  return spawnSync('python3', ['-c', 'import ensurepip']).status === 0;
}

/** Names each missing package with its purpose, and the one command that installs them all. */
export function installAdvice(missing: readonly SystemPackage[]): string {
  const lines = missing.map(({ apt, purpose }) => `${apt} is missing; it is needed to ${purpose}.`);
  return [...lines, `Install with: sudo apt-get install ${missing.map(({ apt }) => apt).join(' ')}`].join(
    '\n',
  );
}

/** What of the machine decides whether packages can be installed from here. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly isRoot: boolean;
  readonly aptGet: string | undefined;
}

/** The machine that this process runs on. */
export function thisMachine(): Machine {
  return { platform: process.platform, isRoot: process.getuid?.() === 0, aptGet: onPath('apt-get') };
}

/**
 * Makes sure that the packages are there: installs the missing ones as root on Debian and Ubuntu. Throws an
 * `Error` that names what is missing and the command that installs it otherwise, or when it is still missing.
 */
export async function ensureSystemPackages(
  packages: readonly SystemPackage[],
  options: { readonly verbose: boolean; readonly machine?: Machine },
): Promise<void> {
  const { verbose, machine = thisMachine() } = options;
  const missing = packages.filter((each) => !each.present());
  if (missing.length === 0) return;
  if (!machine.isRoot || machine.aptGet === undefined) throw new Error(installAdvice(missing));
  const names = missing.map(({ apt }) => apt);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const aptGet = machine.aptGet;
  await step(
    `Installing the system packages ${names.join(', ')}: missing or too old on this machine`,
    verbose,
    async () => {
      await runQuietly(aptGet, ['update', '-q'], { cwd: '/', env, verbose });
      await runQuietly(aptGet, ['install', '-y', '-q', ...names], { cwd: '/', env, verbose });
    },
  );
  const still = missing.filter((each) => !each.present());
  if (still.length > 0) throw new Error(`Not usable after installing.\n${installAdvice(still)}`);
}
