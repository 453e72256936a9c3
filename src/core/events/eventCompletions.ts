import type { DebugProtocol } from '@vscode/debugprotocol';
import { compactJson } from '../invocations/jsonLayout.ts';
import { eventLabel } from './recentEvents.ts';

/** After these the console asks for completions: what events begin with. */
export const eventTriggers = ['{', '[', '"'];

/** How much of an event is shown; VS Code cuts longer labels without saying so. */
const maxLabelLength = 100;

/**
 * What a debug console can offer while an event is typed: earlier ones that begin in the same way, in the order given.
 * `events` are JSON texts.
 */
export function eventCompletions(
  events: readonly string[],
  { column, line = 1, text }: DebugProtocol.CompletionsArguments,
): DebugProtocol.CompletionItem[] {
  const typed = text.slice(0, column - 1); // columns count from 1, as nothing else was agreed
  if (line > 1 || typed.includes('\n')) return [];
  const begin = withoutBlanks(typed);
  return events
    .map((event) => compactJson(event))
    .filter((event) => withoutBlanks(event).startsWith(begin))
    .map((event, index) => ({
      label: eventLabel(event, maxLabelLength),
      text: event,
      type: 'value' as const,
      sortText: String(index).padStart(3, '0'),
      start: 0,
      length: typed.length,
    }));
}

function withoutBlanks(text: string): string {
  return text.replaceAll(/\s/g, '');
}
