import type { AttachTemplate } from '../launchConfiguration.ts';
import { UserError } from '../../base/errors.ts';
import type { LanguageDebugger } from './languageDebugger.ts';

/** Attributes by which debuggers map paths themselves: debugpy, js-debug, Delve, LLDB, GDB. */
const ownMappings = [
  'pathMappings',
  'localRoot',
  'remoteRoot',
  'substitutePath',
  'sourceMap',
  'sourceFileMap',
];

/**
 * Any installed debugger, by an attach configuration that the user wrote. It may be told its port by `${debugPort}`
 * in the function's variables.
 */
export function configuredDebugger(template: AttachTemplate): LanguageDebugger {
  const takesPort = JSON.stringify(template).includes('${debugPort}');
  return {
    language: template.type,
    recognise: () => 'as the launch configuration says',
    plan: ({ port, variables, editor }) => {
      if (editor.extensionFolder(template.type) === undefined) throw unknownType(template.type);
      return {
        variables: Object.fromEntries(
          Object.entries(variables).map(([name, value]) => [
            name,
            value.replaceAll('${debugPort}', String(port)),
          ]),
        ),
        ready: takesPort ? 'listening' : 'started',
        paths: ownMappings.some((name) => name in template) ? 'runs' : 'tracker',
        attach: (pid) =>
          substitute(template, { debugPort: String(port), pid: String(pid) }) as AttachTemplate,
      };
    },
  };
}

function unknownType(type: string): UserError {
  return new UserError(
    'DebuggerMissing',
    `The function runs without a debugger: no extension of the editor brings the debug type "${type}".`,
    'Install one that does, or correct "debugger" in the launch configuration.',
  );
}

/** Replaces `${name}` in every text of a configuration; a text that is nothing else becomes a number. */
function substitute(value: unknown, values: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') {
    const whole = /^\$\{(\w+)\}$/.exec(value)?.[1];
    const number = whole === undefined ? undefined : values[whole];
    if (number !== undefined) return Number(number);
    return value.replaceAll(/\$\{(\w+)\}/g, (text, name: string) => values[name] ?? text);
  }
  if (Array.isArray(value)) return value.map((item) => substitute(item, values));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substitute(item, values)]));
}
