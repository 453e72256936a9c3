/** What the first bytes of a file say of how the kernel would execute it. */
export type ProgramHead =
  | {
      readonly type: 'script';
      /** The words of the `#!` line. */
      readonly words: readonly string[];
      /** Whether that line ends with CR LF, which makes the kernel look for an interpreter named so. */
      readonly isCarriageReturn: boolean;
    }
  | {
      readonly type: 'elf';
      /** As Lambda calls architectures, or a description of any other machine. */
      readonly machine: string;
    }
  | { readonly type: 'other' };

/** Names of `e_machine` (ELF specification). */
const machines: Readonly<Record<number, string>> = { 62: 'x86_64', 183: 'arm64', 3: 'x86', 40: 'arm' };

/** Tells scripts and ELF programs from everything else. */
export function parseHead(head: Buffer): ProgramHead {
  if (head.length >= 20 && head.readUInt32BE(0) === 0x7f454c46) {
    const machine = head.readUInt16LE(18);
    return { type: 'elf', machine: machines[machine] ?? `machine type ${machine}` };
  }
  if (head.toString('latin1', 0, 2) !== '#!') return { type: 'other' };
  const line = head.toString('utf8', 2).split('\n', 1)[0] ?? '';
  const words = line.split(/[ \t\r]+/).filter((word) => word !== '');
  return { type: 'script', words, isCarriageReturn: line.endsWith('\r') };
}
