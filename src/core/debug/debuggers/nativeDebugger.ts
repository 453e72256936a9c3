import { UserError } from '../../base/errors.ts';
import type { AttachTemplate } from '../launchConfiguration.ts';
import type { PathPair } from '../pathMapping.ts';
import type { DebugExtension, EditorDebuggers } from './editorDebuggers.ts';
import { isExecutableFile } from '../../run/findExecutable.ts';
import { findTool } from './findTool.ts';
import type { LanguageDebugger } from './languageDebugger.ts';
import { builtPairs } from './sourcePairs.ts';
import { stopAtEntry } from './stopAtEntry.ts';

/** One of the debuggers for C, C++ and Rust. */
interface NativeBackend extends DebugExtension {
  /** What it needs on this machine and does not find, with the way to get it. */
  readonly missing: (editor: EditorDebuggers) => Promise<string | undefined>;
  readonly attach: (process: NativeProcess) => AttachTemplate;
}

interface NativeProcess {
  readonly pid: number;
  /** The executable, as this machine can read it. */
  readonly program: string;
  /** The file system that the process sees, as this machine can read it. */
  readonly root: string;
  /** The folders of the function, as the process sees them. */
  readonly folders: readonly string[];
  readonly pairs: readonly PathPair[];
}

/** In order of preference. */
const backends: readonly NativeBackend[] = [
  {
    debugType: 'lldb-dap',
    name: 'LLDB DAP',
    id: 'llvm-vs-code-extensions.lldb-dap',
    missing: findLldbDap,
    attach: (process) => ({
      type: 'lldb-dap',
      request: 'attach',
      pid: process.pid,
      program: process.program,
      stopOnEntry: false,
      sourceMap: process.pairs.map(({ local, inside }) => [inside, local]),
      preRunCommands: searchPaths(process),
      postRunCommands: [ignoreStop],
    }),
  },
  {
    debugType: 'lldb',
    name: 'CodeLLDB',
    id: 'vadimcn.vscode-lldb',
    missing: () => Promise.resolve(undefined), // brings its own LLDB
    attach: (process) => ({
      type: 'lldb',
      request: 'attach',
      pid: process.pid,
      program: process.program,
      stopOnEntry: false,
      sourceMap: Object.fromEntries(process.pairs.map(({ local, inside }) => [inside, local])),
      preRunCommands: searchPaths(process),
      postRunCommands: [ignoreStop],
    }),
  },
  {
    debugType: 'cppdbg',
    name: 'C/C++',
    id: 'ms-vscode.cpptools',
    missing: async () =>
      (await findTool(['gdb'])) === undefined ? 'GDB. Install it (sudo apt-get install gdb)' : undefined,
    attach: ({ pid, program, root, pairs }) => ({
      type: 'cppdbg',
      request: 'attach',
      processId: String(pid),
      program,
      MIMode: 'gdb',
      sourceFileMap: Object.fromEntries(pairs.map(({ local, inside }) => [inside, local])),
      setupCommands: [
        { text: `set sysroot ${root}` },
        { text: 'handle SIGSTOP nostop noprint nopass' },
        { text: '-enable-pretty-printing', ignoreFailures: true },
      ],
    }),
  },
];

/** Libraries of `/opt` and of the code are not where LLDB would look for them on this machine. */
function searchPaths({ root, folders }: NativeProcess): string[] {
  const pairs = folders.map((path) => `"${path}" "${root}${path}"`);
  return [`target modules search-paths add ${pairs.join(' ')}`];
}

/** The stop that it attached in would be reported once more. */
const ignoreStop = 'process handle --pass false --stop false --notify false SIGSTOP';

const sources = /\.(c|cc|cpp|cxx|m|mm|h|hh|hpp|hxx|inc|ipp|rs|zig|d|nim|swift)$/i;

/** C, C++, Rust and whatever else compiles to a program with DWARF, by LLDB or GDB, attached before its first instruction. */
export const nativeDebugger: LanguageDebugger = {
  language: 'C, C++ or Rust',
  recognise: (program) => {
    if (program.type !== 'elf' || program.elf.isGo || !program.elf.hasDebugInformation) return undefined;
    return program.elf.isRust ? 'debug information of Rust' : 'debug information';
  },
  plan: async ({ program, editor, mapping, executable }) => {
    const backend = await chooseBackend(editor);
    return {
      command: await stopAtEntry('a native program'),
      ready: 'stopped',
      paths: 'built',
      attach: (pid) => {
        const root = `/proc/${pid}/root`;
        const pairs = builtPairs(program, mapping, sources);
        const folders = [mapping.root.opt, mapping.root.task];
        return backend.attach({ pid, root, folders, pairs, program: `${root}${executable}` });
      },
    };
  },
};

async function chooseBackend(editor: EditorDebuggers): Promise<NativeBackend> {
  let lacking: string | undefined;
  for (const backend of backends) {
    if (editor.extensionFolder(backend.debugType) === undefined) continue;
    const missing = await backend.missing(editor);
    if (missing === undefined) return backend;
    lacking ??= `the extension "${backend.name}" needs ${missing}`;
  }
  if (lacking !== undefined) {
    const text = `The function runs without a debugger: ${lacking}`;
    throw new UserError('DebuggerMissing', `${text}.`, 'Then start again.');
  }
  const names = backends.map(({ name, id }) => `"${name}" (${id})`).join(', ');
  throw new UserError(
    'DebuggerMissing',
    'The function runs without a debugger: to debug C, C++ or Rust, the editor needs an extension for it.',
    `Install one of ${names}, then start again.`,
  );
}

/** Where its extension would find it: its setting, or the `PATH`. */
async function findLldbDap(editor: EditorDebuggers): Promise<string | undefined> {
  const chosen = editor.setting('lldb-dap.executable-path');
  if (typeof chosen === 'string' && (await isExecutableFile(chosen))) return undefined;
  const found = await findTool(['lldb-dap', 'lldb-vscode']);
  return found === undefined ? 'the tool lldb-dap. Install it (sudo apt-get install lldb)' : undefined;
}
