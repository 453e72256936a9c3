import type { LaunchConfiguration } from '../launchConfiguration.ts';
import { configuredDebugger } from './configuredDebugger.ts';
import { goDebugger } from './goDebugger.ts';
import { javaDebugger } from './javaDebugger.ts';
import type { LanguageDebugger } from './languageDebugger.ts';
import { nativeDebugger } from './nativeDebugger.ts';
import { nodeDebugger } from './nodeDebugger.ts';
import type { Program, ProgramRun } from './program.ts';
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

/**
 * Picks the debugger for a program; `undefined` to run without. What the handler runs as counts where the bootstrap
 * tells nothing, or only that it is a shell script.
 */
export function chooseDebugger(
  setting: LaunchConfiguration['debugger'],
  program: Program,
  handler?: ProgramRun,
): ChosenDebugger | undefined {
  if (setting === 'none') return undefined;
  if (setting !== 'auto') return recogniseBy([configuredDebugger(setting)], program);
  const chosen = recogniseBy(languageDebuggers, program);
  if (handler === undefined || (chosen !== undefined && chosen.debug !== shellDebugger)) return chosen;
  return recogniseBy(languageDebuggers, { ...program, runs: [handler, ...program.runs] });
}

function recogniseBy(candidates: readonly LanguageDebugger[], program: Program): ChosenDebugger | undefined {
  for (const debug of candidates) {
    const evidence = debug.recognise(program);
    if (evidence !== undefined) return { debug, evidence };
  }
  return undefined;
}
