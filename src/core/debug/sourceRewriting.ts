import type { DebugProtocol } from '@vscode/debugprotocol';

/** Gives the new place of a source; `undefined` leaves it as it is. */
export type Relocate = (path: string) => string | undefined;

/**
 * Changes the sources that a message names, in place, wherever they stand in it. Sources that moved lose their
 * `sourceReference`, so that the editor opens the file itself instead of a read-only copy.
 */
export function relocateSources(message: DebugProtocol.ProtocolMessage, relocate: Relocate): void {
  visit(message, relocate);
}

function visit(value: unknown, relocate: Relocate): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, relocate);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    if (key === 'source' && isSource(item)) relocateSource(item, relocate);
    else if (key === 'sources' && Array.isArray(item))
      item.filter(isSource).forEach((one) => relocateSource(one, relocate));
    else visit(item, relocate);
  }
}

function relocateSource(source: DebugProtocol.Source, relocate: Relocate): void {
  const moved = source.path === undefined ? undefined : relocate(source.path);
  if (moved === undefined) return;
  source.path = moved;
  delete source.sourceReference;
}

function isSource(value: unknown): value is DebugProtocol.Source {
  return typeof value === 'object' && value !== null && 'path' in value && typeof value.path === 'string';
}
