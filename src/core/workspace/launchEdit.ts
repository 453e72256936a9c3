import { applyEdits, findNodeAtLocation, getNodeValue, modify, parseTree } from 'jsonc-parser';

import { debugType } from './workspaceFunction.ts';

/**
 * The text of a launch.json with another list of layers in one configuration. Everything else, comments too, stays
 * as it is. `undefined` when the text has no configuration of that name.
 */
export function withLayers(text: string, name: string, layers: readonly string[]): string | undefined {
  const tree = parseTree(text);
  const configurations = tree === undefined ? undefined : findNodeAtLocation(tree, ['configurations']);
  const index = (configurations?.children ?? []).findIndex((node) => {
    const value = (key: string): unknown => {
      const found = findNodeAtLocation(node, [key]);
      return found === undefined ? undefined : getNodeValue(found);
    };
    return value('name') === name && value('type') === debugType;
  });
  if (index === -1) return undefined;
  const formattingOptions = { insertSpaces: true, tabSize: 2, eol: text.includes('\r\n') ? '\r\n' : '\n' };
  return applyEdits(
    text,
    modify(text, ['configurations', index, 'layers'], [...layers], { formattingOptions }),
  );
}

/** The list with the item at `from` moved so that it comes before what was at `to`; `to` may be the length. */
export function moveItem<T>(items: readonly T[], from: number, to: number): T[] {
  const moved = items.slice(from, from + 1);
  const rest = items.filter((_, index) => index !== from);
  const place = to > from ? to - 1 : to;
  return [...rest.slice(0, place), ...moved, ...rest.slice(place)];
}
