import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';

/** Texts of a line of the active editor that are coloured apart from their neighbours, each with its colour. */
export type LineColors = ReadonlyMap<string, string>;

/**
 * The colours of the first line with a text, once there is a piece `coloured` of it: VS Code colours a file after it has
 * shown it.
 */
export async function lineColors(page: Page, text: string, coloured: RegExp): Promise<LineColors> {
  const line = page.locator('.editor-group-container.active .view-line', { hasText: text }).first();
  await line.locator('span > span', { hasText: coloured }).first().waitFor();
  return new Map(await line.evaluate(readColors));
}

/** The colour of the piece that is a text. */
export function colorOf(colors: LineColors, text: string): string {
  return (
    colors.get(text) ?? assert.fail(`"${text}" is no piece of its own in ${[...colors.keys()].join(' ')}`)
  );
}

/** The pieces of a line, without quotes and blanks around them. Runs in the browser. */
function readColors(line: unknown): [string, string][] {
  const page = globalThis as unknown as { getComputedStyle(element: unknown): { color: string } };
  const parent = line as { querySelectorAll(selector: string): Iterable<{ textContent: string }> };
  return [...parent.querySelectorAll('span > span')].map((piece) => [
    piece.textContent.replaceAll('\u00a0', ' ').replaceAll(/^[ "]+|[ "]+$/g, ''),
    page.getComputedStyle(piece).color,
  ]);
}
