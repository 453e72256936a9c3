import type { LaunchConfiguration } from '../launchConfiguration.ts';
import { configuredDebugger } from './configuredDebugger.ts';
import { goDebugger } from './goDebugger.ts';
import { javaDebugger } from './javaDebugger.ts';
import type { LanguageDebugger } from './languageDebugger.ts';
import { nativeDebugger } from './nativeDebugger.ts';
import { nodeDebugger } from './nodeDebugger.ts';
import type { Program } from './program.ts';
import { pythonDebugger } from './pythonDebugger.ts';
import { shellDebugger } from './shellDebugger.ts';

/** Every language that `"debugger": "auto"` knows, the shell last; a new one is a file and a line here. */
const languageDebuggers: readonly LanguageDebugger[] = [
  nodeDebugger,
  pythonDebugger,
  goDebugger,
  nativeDebugger,
  javaDebugger,
  shellDebugger,
];

/** A debugger, and what it was chosen for. */
export interface ChosenDebugger {
  readonly debug: LanguageDebugger;
  /** What tells so, in a few words. */
  readonly evidence: string;
}

/** Picks the debugger for a program; `undefined` to run without. */
export function chooseDebugger(
  setting: LaunchConfiguration['debugger'],
  program: Program,
): ChosenDebugger | undefined {
  if (setting === 'none') return undefined;
  const candidates = setting === 'auto' ? languageDebuggers : [configuredDebugger(setting)];
  for (const debug of candidates) {
    const evidence = debug.recognise(program);
    if (evidence !== undefined) return { debug, evidence };
  }
  return undefined;
}
