import { arch } from 'node:process';
import { type Bootstrap, type BootstrapProblem, interpreterOf } from './bootstrap.ts';

/** What is around a bootstrap when it is executed. */
export interface Surroundings {
  /** Whether a path leads to a file there. */
  readonly exists: (path: string) => Promise<boolean>;
  /** The function's `PATH`. */
  readonly searchPath: string;
  /** As the function is configured, by Lambda's name. */
  readonly architecture: string;
}

/** What would stop the kernel from executing a bootstrap, or end it at once, if anything. */
export async function diagnoseBootstrap(
  bootstrap: Bootstrap,
  surroundings: Surroundings,
): Promise<BootstrapProblem | undefined> {
  if (!bootstrap.executable) {
    return refused(
      bootstrap,
      'permission denied',
      `${bootstrap.origin} is not executable. Run "chmod +x" on it.`,
    );
  }
  const words = interpreterOf(bootstrap);
  return words.length > 0
    ? diagnoseScript(bootstrap, words, surroundings)
    : diagnoseProgram(bootstrap, surroundings);
}

async function diagnoseScript(
  bootstrap: Bootstrap,
  words: readonly string[],
  { exists, searchPath }: Surroundings,
): Promise<BootstrapProblem | undefined> {
  const { head, origin } = bootstrap;
  const [interpreter = ''] = words;
  if (/^[^\n]*\r\n/.test(head.toString('latin1'))) {
    const help = `${origin} has Windows line endings, so its interpreter is not found. Save it with LF endings.`;
    return refused(bootstrap, missing, help);
  }
  if (!(await exists(interpreter))) {
    const help = `The interpreter ${interpreter} that ${origin} names does not exist. Put it into a layer.`;
    return refused(bootstrap, missing, help);
  }
  const program = programForEnv(words);
  if (program === undefined || (await isFound(program, searchPath, exists))) return undefined;
  return {
    help:
      `The first line of ${origin} looks for "${program}", which is nowhere on the function's PATH (${searchPath}). ` +
      'Put it into the folder "bin" of a layer, or set PATH in "env".',
  };
}

async function diagnoseProgram(
  bootstrap: Bootstrap,
  { architecture, exists }: Surroundings,
): Promise<BootstrapProblem | undefined> {
  const { head, origin } = bootstrap;
  const machine = elfMachine(head);
  if (machine === undefined) {
    const help = `${origin} is neither an ELF program nor a script with a "#!" line.`;
    return refused(bootstrap, 'exec format error', help);
  }
  if (machine !== hostMachine()) {
    const asConfigured = machine === architecture ? ', as "architecture" says' : '';
    const help = `${origin} is for ${machine}${asConfigured}; this machine is ${hostMachine()}. Build it for this machine to run it here.`;
    return refused(bootstrap, 'exec format error', help);
  }
  const loader = elfInterpreter(head);
  if (loader === undefined || (await exists(loader))) return undefined;
  const help =
    `${origin} needs the program ${loader} to be loaded, which does not exist: it was built for another C library. ` +
    'Build it for this one, or link it statically.';
  return refused(bootstrap, missing, help);
}

const missing = 'no such file or directory';

function refused({ path }: Bootstrap, reason: string, help: string): BootstrapProblem {
  return { lambda: `fork/exec ${path}: ${reason}`, help };
}

/** What `env` has to look for; `undefined` when the interpreter is another one, or is given options or variables. */
function programForEnv([interpreter = '', ...words]: readonly string[]): string | undefined {
  if (!interpreter.endsWith('/env')) return undefined;
  const [program, ...more] = words[0] === '-S' ? words.slice(1) : words;
  const isPlain = program !== undefined && !/^-|=/.test(program) && (words[0] === '-S' || more.length === 0);
  return isPlain ? program : undefined;
}

async function isFound(
  program: string,
  searchPath: string,
  exists: Surroundings['exists'],
): Promise<boolean> {
  if (program.includes('/')) return exists(program);
  for (const folder of searchPath.split(':')) {
    if (await exists(`${folder === '' ? '.' : folder}/${program}`)) return true;
  }
  return false;
}

/** Machine names as Lambda's `architecture` uses them (ELF specification, `e_machine`). */
const elfMachines: Readonly<Record<number, string>> = {
  62: 'x86_64',
  183: 'arm64',
  3: 'x86 (32 bit)',
  40: 'arm (32 bit)',
};

function elfMachine(head: Buffer): string | undefined {
  if (head.length < 20 || head.readUInt32BE(0) !== 0x7f454c46) return undefined;
  const number = head.readUInt16LE(18);
  return elfMachines[number] ?? `machine type ${number}`;
}

/**
 * The dynamic loader that a program of 64 bits names (ELF specification, `Elf64_Phdr`, `PT_INTERP`); `undefined` for a
 * static one, and when it does not stand near the beginning, where every linker puts it.
 */
function elfInterpreter(head: Buffer): string | undefined {
  if (head.length < 64 || head[4] !== 2) return undefined;
  const [start, size, count] = [
    Number(head.readBigUInt64LE(32)),
    head.readUInt16LE(54),
    head.readUInt16LE(56),
  ];
  for (let at = start; size >= 56 && at < start + size * count && at + size <= head.length; at += size) {
    if (head.readUInt32LE(at) !== 3) continue;
    const [offset, length] = [Number(head.readBigUInt64LE(at + 8)), Number(head.readBigUInt64LE(at + 32))];
    return offset + length > head.length || length < 2
      ? undefined
      : head.toString('utf8', offset, offset + length - 1);
  }
  return undefined;
}

function hostMachine(): string {
  return arch === 'x64' ? 'x86_64' : arch;
}
