import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import {
  environmentStates,
  type EnvironmentStep,
} from '../../src/core/emulator/environment/environmentStates.ts';
import { extensionStates, type ExtensionStep } from '../../src/core/emulator/extensions/extensionStates.ts';
import { runtimeStates, type RuntimeStep } from '../../src/core/emulator/runtime/runtimeStates.ts';
import { checkout, launchAttributes, readCheckoutFile, readManifest } from '../support/extensionManifest.ts';

const documents = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'samples/README.md'];
/** The largest picture, in bytes: the Marketplace page loads all of them. */
const maxPictureBytes = 150_000;

describe('The documents', () => {
  const manifest = readManifest();
  const readme = readCheckoutFile('README.md');

  it('describe every command and setting in README, and none that does not exist', () => {
    const { commands, configuration } = manifest.contributes;
    const known = [...commands.map(({ command }) => command), ...Object.keys(configuration.properties)];
    const named = new Set([...readme.matchAll(/`(lambdaLayers\.[\w.]+)`/g)].map(([, id]) => id));
    assert.deepEqual([...named].sort(), known.sort());
  });

  it('list every launch attribute in a table of README, and no other', () => {
    const rows = tableRows(section(readme, 'Launch configuration'));
    const named = rows.map(([attribute]) => attribute?.replaceAll('`', ''));
    assert.deepEqual(named.sort(), Object.keys(launchAttributes(manifest)).sort());
  });

  it('draw the states of the Runtime API as the code has them', () => {
    const steps = ['next', 'response', 'error', 'initError', 'dispatch', 'sent'] as const;
    assertDrawn("The Runtime API's states", runtimeStates, steps satisfies readonly RuntimeStep[]);
  });

  it('draw the states of the Extensions API as the code has them', () => {
    const steps = ['register', 'next', 'initError', 'exitError', 'dispatch', 'launchError'] as const;
    assertDrawn("The Extensions API's states", extensionStates, steps satisfies readonly ExtensionStep[]);
  });

  it('draw the states of an execution environment as the code has them', () => {
    const steps = ['begin', 'prepared', 'registered', 'ready', 'invoke', 'lose', 'close', 'closed'] as const;
    assertDrawn(
      'The life of an execution environment',
      environmentStates,
      steps satisfies readonly EnvironmentStep[],
    );
  });

  function assertDrawn<Step extends string>(
    heading: string,
    states: Readonly<Record<string, Readonly<Partial<Record<Step, string>>>>>,
    steps: readonly Step[],
  ): void {
    const text = section(readCheckoutFile('ARCHITECTURE.md'), heading);
    assert.ok(text.includes(`| state | ${steps.join(' | ')} |`));
    const expected = Object.entries(states).map(([state, moves]) => [
      state,
      ...steps.map((step) => moves[step] ?? ''),
    ]);
    assert.deepEqual(tableRows(text), expected);
  }

  for (const document of documents) {
    it(`link from ${document} to files and headings that exist`, () => {
      const links = [...withoutCode(readCheckoutFile(document)).matchAll(/\]\(([^)\s]+)\)|\bsrc="([^"]+)"/g)];
      for (const [whole, link = '', picture = link] of links) {
        const target = link === '' ? picture : link;
        if (/^https?:/.test(target)) continue;
        const { pathname, hash } = new URL(target, new URL(document, checkout));
        assert.ok(existsSync(pathname), `${whole} in ${document}`);
        if (hash === '') continue;
        const headings = headingAnchors(readCheckoutFile(pathname.slice(checkout.pathname.length)));
        assert.ok(headings.includes(hash.slice(1)), `${whole} in ${document}`);
      }
    });
  }

  it('show pictures that load quickly', () => {
    const pictures = [...readme.matchAll(/media\/[\w/-]+\.png/g)].map(([path]) => path);
    assert.notEqual(pictures.length, 0);
    for (const path of pictures) assert.ok(statSync(new URL(path, checkout)).size < maxPictureBytes, path);
  });
});

/** The text from a heading of the second level to the next one. */
function section(text: string, heading: string): string {
  const start = text.indexOf(`\n## ${heading}\n`);
  assert.notEqual(start, -1, heading);
  const end = text.indexOf('\n## ', start + 1);
  return text.slice(start, end === -1 ? undefined : end);
}

/** The cells of all rows of a text's tables, without the heads. */
function tableRows(text: string): string[][] {
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  const isRule = (line: string | undefined): boolean => line !== undefined && /^\|[-|]+\|$/.test(line);
  return lines
    .filter((line, index) => !isRule(line) && !isRule(lines[index + 1]))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

function withoutCode(text: string): string {
  return text.replaceAll(/^ *```[\s\S]*?^ *```/gm, '');
}

/** The anchors that GitHub and the Marketplace give to headings. */
function headingAnchors(text: string): string[] {
  return [...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
