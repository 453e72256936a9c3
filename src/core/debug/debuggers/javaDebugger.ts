import { requireExtension } from './editorDebuggers.ts';
import type { LanguageDebugger } from './languageDebugger.ts';
import { findRun } from './program.ts';

const extension = { debugType: 'java', name: 'Debugger for Java', id: 'vscjava.vscode-java-debug' };

/** Java, by the debug wire protocol (JDWP) that every JVM speaks. Its debugger finds sources by their packages. */
export const javaDebugger: LanguageDebugger = {
  language: 'Java',
  recognise: (program) => findRun(program, /^java$/)?.evidence,
  plan: ({ port, variables, editor }) => {
    requireExtension(editor, extension, 'Java');
    const own = variables['JAVA_TOOL_OPTIONS'];
    const agent = `-agentlib:jdwp=transport=dt_socket,server=y,suspend=y,address=127.0.0.1:${port}`;
    return {
      variables: { JAVA_TOOL_OPTIONS: own === undefined ? agent : `${own} ${agent}` },
      entrance: 'JAVA_TOOL_OPTIONS',
      ready: 'listening',
      talk: (line) => (ownLines.test(line) ? {} : undefined),
      paths: 'runs',
      attach: () => ({ type: 'java', request: 'attach', hostName: '127.0.0.1', port }),
    };
  },
};

/** What a JVM writes of the variable and of its agent. */
const ownLines =
  /^(Picked up JAVA_TOOL_OPTIONS: .*-agentlib:jdwp=|Listening for transport dt_socket at address: )/;
