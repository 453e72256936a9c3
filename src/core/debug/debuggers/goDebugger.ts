import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { requireExtension } from './editorDebuggers.ts';
import { isExecutableFile } from '../../run/findExecutable.ts';
import { findTool } from './findTool.ts';
import type { DebuggeeStart, LanguageDebugger } from './languageDebugger.ts';
import { builtPairs } from './sourcePairs.ts';
import { stopAtEntry } from './stopAtEntry.ts';

const extension = { debugType: 'go', name: 'Go', id: 'golang.go' };

/** Go, by Delve, which attaches to the process when it has stopped before its first instruction. */
export const goDebugger: LanguageDebugger = {
  language: 'Go',
  recognise: (program) => (program.type === 'elf' && program.elf.isGo ? 'Go build information' : undefined),
  plan: async ({ program, editor, mapping }) => {
    requireExtension(editor, extension, 'Go');
    const delve = await findDelve(editor);
    if (program.type === 'elf' && !program.elf.hasDebugInformation) throw stripped();
    return {
      command: await stopAtEntry('Go'),
      ready: 'stopped',
      paths: 'built',
      attach: (pid) => ({
        type: 'go',
        request: 'attach',
        mode: 'local',
        processId: pid,
        stopOnEntry: false,
        debugAdapter: 'dlv-dap',
        dlvToolPath: delve,
        substitutePath: builtPairs(program, mapping, /\.(go|s)$/).map(({ local, inside }) => ({
          from: local,
          to: inside,
        })),
      }),
    };
  },
};

/** Where the Go extension would find it: its setting, the `PATH`, the folders that `go install` writes to. */
async function findDelve(editor: DebuggeeStart['editor']): Promise<string> {
  const tools = editor.setting('go.alternateTools');
  const chosen = typeof tools === 'object' && tools !== null && 'dlv' in tools ? tools.dlv : undefined;
  if (typeof chosen === 'string' && (await isExecutableFile(chosen))) return chosen;
  const { GOBIN, GOPATH } = process.env;
  const goPaths = [...(GOPATH ?? '').split(delimiter), join(homedir(), 'go')];
  const folders = [GOBIN ?? '', ...goPaths.filter((path) => path !== '').map((path) => join(path, 'bin'))];
  const found = await findTool(
    ['dlv'],
    folders.filter((folder) => folder !== ''),
  );
  if (found !== undefined) return found;
  throw new UserError(
    'DebuggerMissing',
    'The function runs without a debugger: to debug Go, the tool Delve ("dlv") is needed.',
    'Install it with "go install github.com/go-delve/delve/cmd/dlv@latest", then start again.',
  );
}

function stripped(): UserError {
  return new UserError(
    'DebuggerMissing',
    'The function runs without a debugger: its program was built without debug information.',
    'Build it without "-ldflags=-s" and "-w", and with -gcflags="all=-N -l", then start again.',
  );
}
