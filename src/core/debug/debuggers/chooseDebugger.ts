import type { Bootstrap } from '../../run/bootstrap.ts';
import type { AttachTemplate, LaunchConfiguration } from '../launchConfiguration.ts';
import type { LanguageDebugger } from './languageDebugger.ts';
import { nodeDebugger } from './nodeDebugger.ts';

/** Every language that `"debugger": "auto"` knows; a new one is a file and a line here. */
const languageDebuggers: readonly LanguageDebugger[] = [nodeDebugger];

/**
 * Picks the debugger for a bootstrap; `undefined` to run without. A configured one may be told its port by
 * `${debugPort}` in the function's variables.
 */
export function chooseDebugger(
  setting: LaunchConfiguration['debugger'],
  bootstrap: Bootstrap,
  env: LaunchConfiguration['env'] = {},
): LanguageDebugger | undefined {
  if (setting === 'none') return undefined;
  if (setting !== 'auto') return configuredDebugger(setting, env);
  return languageDebuggers.find((candidate) => candidate.recognises(bootstrap));
}

/** Any installed debugger, by an attach configuration that the user wrote. */
function configuredDebugger(
  template: AttachTemplate,
  env: Readonly<Record<string, string>>,
): LanguageDebugger {
  return {
    language: template.type,
    connectsToPort: JSON.stringify(template).includes('${debugPort}'),
    recognises: () => true,
    variables: (port) =>
      Object.fromEntries(
        Object.entries(env).map(([name, value]) => [name, value.replaceAll('${debugPort}', String(port))]),
      ),
    isChatter: () => false,
    attach: (port, pid) =>
      substitute(template, { debugPort: String(port), pid: String(pid) }) as AttachTemplate,
  };
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
