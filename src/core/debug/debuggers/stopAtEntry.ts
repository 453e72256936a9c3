import { arch } from 'node:process';
import { UserError } from '../../base/errors.ts';
import { findTool } from './findTool.ts';

/**
 * Lets any process of the user trace this one, for a debugger that is not its ancestor (prctl(2), `PR_SET_PTRACER`,
 * `PR_SET_PTRACER_ANY`): Yama, where a kernel has it, forbids that otherwise. It outlasts `exec`.
 */
const setTracer = 0x59616d61;
/** The number of the system call prctl(2). */
const prctlNumber = arch === 'arm64' ? 167 : 157;

/**
 * Makes a process stop before the first instruction of the program that it becomes, so that a debugger can attach to
 * it by its process id, as it would to any process. The kernel does it: a pipe's end that is closed by `exec` itself
 * makes the other end raise a signal, by `F_SETSIG` the one that stops (fcntl(2), pipe(7)). It is delivered when the
 * new program is in place and has not begun. A shell has no word for `fcntl`, Perl and Python do.
 */
const perlScript =
  `syscall(${prctlNumber}, ${setTracer}, -1, 0, 0, 0);` +
  'delete $ENV{PERL_BADLANG}; pipe(my $read, my $write) or die; fcntl($read, 2, 0); fcntl($read, 8, 0 + $$); fcntl($read, 10, 19);' +
  'fcntl($read, 4, 020000) or die; exec {$ARGV[0]} @ARGV; die "exec $ARGV[0]: $!\\n"';
const pythonScript = `
import fcntl, os, sys
try:
    import ctypes
    ctypes.CDLL(None).prctl(${setTracer}, ctypes.c_ulong(-1), 0, 0, 0)
except ImportError:
    pass
read, write = os.pipe()
os.set_inheritable(read, True)
fcntl.fcntl(read, 8, os.getpid())
fcntl.fcntl(read, 10, 19)
fcntl.fcntl(read, 4, 0o20000)
os.execv(sys.argv[1], sys.argv[1:])
`;

/**
 * A command that becomes the executable and stops there.
 * @throws UserError `DebuggerMissing` when this machine has neither Perl nor Python
 */
export async function stopAtEntry(language: string): Promise<(executable: string) => readonly string[]> {
  const perl = await findTool(['perl']);
  // Perl would complain of a locale that Lambda has and this machine has not.
  const quiet = ['/usr/bin/env', 'PERL_BADLANG=0'];
  if (perl !== undefined) return (executable) => [...quiet, perl, '-e', perlScript, executable];
  const python = await findTool(['python3']);
  if (python !== undefined) return (executable) => [python, '-I', '-S', '-c', pythonScript, executable];
  throw new UserError(
    'DebuggerMissing',
    `The function runs without a debugger: stopping ${language} before its first line takes Perl or Python.`,
    'Install the package perl, then start again.',
  );
}
