import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { PagedList } from '../../src/core/account/pagedList.ts';
import { pickFromList } from '../../src/vscode/questions/pickFromList.ts';
import { eventually } from './support/debugging.ts';

describe('A list that is shown while its pages come in', () => {
  const { createQuickPick } = vscode.window;
  let shown: vscode.QuickPick<vscode.QuickPickItem> | undefined;
  /** Lets the second page come. */
  let turnPage: () => void;

  before(() => {
    const noting = () => (shown = createQuickPick());
    Object.assign(vscode.window, { createQuickPick: noting });
  });
  after(() => Object.assign(vscode.window, { createQuickPick }));

  const press = (command: string) => Promise.resolve(vscode.commands.executeCommand(command));
  const active = (label: string) =>
    eventually(
      () => shown?.activeItems.some((item) => item.label === label) || undefined,
      `${label} to be active`,
    );
  const pickNumber = () => {
    const turned = new Promise<void>((resolve) => (turnPage = resolve));
    const list = new PagedList<string>(async ({ marker }) => {
      if (marker === undefined) return { items: ['one', 'two'], next: 'second' };
      await turned;
      return { items: ['three', 'four'] };
    });
    const toItem = (label: string) => ({ label });
    return pickFromList(list, { title: 'Numbers', placeholder: 'Number', toItem });
  };

  /** Lets the second page come, and presses Enter. */
  async function goOn(): Promise<void> {
    turnPage();
    await eventually(() => shown?.items.length === 4 || undefined, 'the second page');
    await press('workbench.action.acceptSelectedQuickOpenItem');
  }

  it('keeps the row that the person has moved to', async () => {
    const picked = pickNumber();
    await active('one');
    await press('workbench.action.quickOpenSelectNext');
    await active('two');
    await goOn();
    assert.equal(await picked, 'two');
  });

  it('begins with its first row', async () => {
    const picked = pickNumber();
    await active('one');
    await goOn();
    assert.equal(await picked, 'one');
  });
});
