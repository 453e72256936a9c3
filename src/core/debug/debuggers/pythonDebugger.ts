import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { requireExtension } from './editorDebuggers.ts';
import type { DebuggerTalk, DebugPlan, LanguageDebugger } from './languageDebugger.ts';
import { findRun } from './program.ts';
import { debugpyMissing, pythonStart, startVariables, userFolders } from './pythonStart.ts';
import { writeStartFile } from './startFile.ts';

const extension = { debugType: 'debugpy', name: 'Python Debugger', id: 'ms-python.debugpy' };

/**
 * Python, by debugpy: that of the editor's extension, else the function's own. It gets in front of the program by a
 * file that Python imports at its start, so it does not matter who starts Python and how. There are two ways to it, since
 * bootstraps of layers often set one of them anew.
 */
export const pythonDebugger: LanguageDebugger = {
  language: 'Python',
  recognise: (program) => findRun(program, /^python[\d.]*$/)?.evidence,
  plan: async ({ port, variables, editor, mapping, temporary }): Promise<DebugPlan> => {
    const library = await bundledDebugpy(requireExtension(editor, extension, 'Python'));
    const inside = await writeStartFile(temporary, 'sitecustomize.py', pythonStart);
    for (const folder of userFolders) {
      await writeStartFile(temporary, `${folder}/usercustomize.py`, pythonStart);
    }
    const { PYTHONPATH: own, PYTHONUSERBASE: ownBase } = variables;
    return {
      variables: {
        PYTHONPATH: own === undefined ? inside : `${inside}:${own}`,
        PYTHONUSERBASE: inside,
        ...(ownBase === undefined ? {} : { [startVariables.userBase]: ownBase }),
        [startVariables.port]: String(port),
        [startVariables.folder]: inside,
        ...(library === undefined ? {} : { [startVariables.debugpy]: library }),
      },
      entrance: 'PYTHONPATH and PYTHONUSERBASE, or runs Python with -I or -E',
      ready: 'listening',
      talk,
      paths: 'runs',
      attach: () => ({
        type: 'debugpy',
        request: 'attach',
        connect: { host: '127.0.0.1', port },
        justMyCode: false, // a layer's code is as interesting as the function's
        subProcess: false,
        pathMappings: mapping
          .pairs(/\.pyw?$/)
          .map(({ local, inside: remote }) => ({ localRoot: local, remoteRoot: remote })),
      }),
    };
  },
};

/** The extension brings debugpy for every Python that it supports. Links may lead through folders that are hidden inside. */
async function bundledDebugpy(extensionFolder: string): Promise<string | undefined> {
  const found = await realpath(join(extensionFolder, 'bundled', 'libs', 'debugpy')).catch(() => undefined);
  return found === undefined ? undefined : dirname(found);
}

function talk(line: string): DebuggerTalk | undefined {
  if (!line.startsWith(debugpyMissing)) return undefined;
  const reason = line.slice(debugpyMissing.length);
  return {
    isOver: true,
    shown:
      `The function runs without a debugger: its Python cannot import debugpy (${reason}). ` +
      'Install the current version of the extension "Python Debugger" (ms-python.debugpy), or debugpy into a layer.',
  };
}
