import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { region } from '../support/motoAws.ts';
import { zipBytes } from '../support/zip.ts';
import { useAwsWorkbench } from './support/useAwsWorkbench.ts';

describe('rows of the AWS view', function () {
  this.timeout(180_000);
  const aws = useAwsWorkbench({
    fill: async (seed) => {
      const zip = (text: string) => zipBytes([{ name: 'share/text.txt', data: text }]);
      const tools: string[] = [];
      for (const text of ['one', 'two', 'three'])
        tools.push(await seed.layer({ name: 'tools', zip: zip(`${text}\n`), description: text }));
      const data = await seed.layer({ name: 'data', zip: zipBytes([{ name: 'data.txt', data: 'data' }]) });
      await seed.layer({ name: 'greetings', zip: zipBytes([{ name: 'config/greeting.txt', data: 'Hi\n' }]) });
      await seed.function({ name: 'orders', layers: [data, tools[0] ?? ''] });
      await seed.function({ name: 'bare' });
    },
  });
  const { dialog, press, told, row } = aws;
  const page = () => aws.current.page;
  /** The open list or line that has a text in it, or stands there for what can be typed. */
  const list = (text: string) => {
    const widget = page().locator('.quick-input-widget:visible');
    const placeholder = page().locator(`input[placeholder*="${text}"]`);
    return widget.filter({ hasText: text }).or(widget.filter({ has: placeholder }));
  };
  /** Chooses from the menu of a row and waits for a list or line with a text. */
  const choose = (label: string, entry: string, text: string) =>
    aws.current.chooseFromContextMenu(label, entry, list(text));
  const decide = (label: string, entry: string) => aws.current.chooseFromContextMenu(label, entry, dialog());
  /** Chooses from the menu of a row and waits for the comparison that opens. */
  const compare = async (label: string, entry: string, title: string): Promise<void> => {
    await aws.current.chooseFromContextMenu(label, entry, aws.current.editorTab(title));
    await page().locator('.multiDiffEditor .char-delete').first().waitFor();
  };
  const photograph = (name: string) => aws.current.screenshot(`aws-${name}`);
  const cancel = () => page().keyboard.press('Escape');

  it('compare a version with the one before it, or with any other stack', async () => {
    await aws.openView();
    await row('tools').waitFor();
    await aws.current.expandTreeItem('tools', row('Version 2'));
    await compare('Version 2', 'Compare with Previous Version', 'tools:1 ↔ tools:2');
    await photograph('compare-previous');
    await choose('Version 2', 'Compare with…', 'tools:3');
    await photograph('compare-with');
    await aws.current.choose('tools:3');
    await aws.current.editorTab('tools:3 ↔ tools:2').waitFor();
  });

  it('share a version, with everybody only after asking, and show that', async () => {
    await choose('Version 2', 'Share Layer Version', 'Everybody');
    await photograph('share');
    await aws.current.choose('An Account…');
    await aws.current.quickInput().fill('12');
    await list('twelve digits').waitFor();
    await photograph('share-account');
    await aws.current.quickInput().fill('111122223333');
    await page().keyboard.press('Enter');
    await told('tools:2 is shared with');
    await choose('Version 2', 'Share Layer Version', 'Everybody');
    await aws.current.choose('Everybody');
    await dialog().waitFor();
    await photograph('share-public');
    await press('Cancel');
    await choose('Version 2', 'Share Layer Version', 'Everybody');
    await aws.current.choose('An Organization…');
    await aws.current.quickInput().fill('o-a1b2c3d4e5');
    await photograph('share-organization');
    await page().keyboard.press('Enter');
    await told('o-a1b2c3d4e5');
    const report = aws.current.editorTab('Permissions of tools');
    await aws.current.chooseFromContextMenu('Version 2', 'Show Permissions', report);
    await photograph('permissions');
  });

  it('copy permissions to another version, and take them back', async () => {
    await choose('Version 2', 'Copy Permissions', 'Copy Permissions of tools:2 to');
    await aws.current.choose('3');
    await dialog().waitFor();
    await photograph('permissions-copy');
    await press('Copy');
    await told('2 copied');
    await choose('Version 2', 'Stop Sharing', 'keep working');
    await photograph('permissions-remove');
    await page().keyboard.press('Enter');
    await told('has no permission');
  });

  it('explain an IAM policy', async () => {
    await choose('Version 2', 'Copy IAM Policy', 'What the policy is for');
    await photograph('policy-list');
    await page().keyboard.press('Enter');
    await aws.current.editorTab('Publish versions of this layer').waitFor();
    await photograph('policy');
  });

  it('say who uses a version before it is deleted, and which versions go', async () => {
    await decide('Version 2', 'Delete Layer Version');
    await photograph('delete');
    await press('Cancel');
    await choose('tools', 'Delete Old Layer Versions', 'newest versions to keep');
    await aws.current.quickInput().fill('1');
    await page().keyboard.press('Enter');
    await dialog().waitFor();
    await photograph('prune');
    await press('Cancel');
  });

  it('download a version to a file', async () => {
    await choose('Version 2', 'Download Layer Version', 'Zip of tools:2');
    await photograph('download');
    await aws.current.quickInput().fill(join(aws.current.folder, 'tools.zip'));
    await page().keyboard.press('Enter');
    await told('Downloaded tools.zip');
    await photograph('downloaded');
  });

  it('attach a version at a place in the order, compared before it is done', async () => {
    await page().keyboard.press('Escape');
    await choose('Version 3', 'Attach Layer to Function', 'orders');
    await aws.current.choose('orders');
    await list('Place of tools:3 in the order').waitFor();
    await photograph('attach-place');
    await aws.current.choose('In the place of tools:1');
    await dialog().waitFor();
    await photograph('attach');
    await press('Compare /opt');
    await aws.current.editorTab('data:1 + tools:1 ↔ data:1 + tools:3').waitFor();
    await list('Look at the comparison').waitFor();
    await photograph('attach-compare');
    await aws.current.choose('Change Layers');
    await told('orders now has: data:1 → tools:3');
  });

  it('reorder a function by dragging, detach, and undo', async () => {
    await aws.current.treeItem('Layers').last().locator('.monaco-tl-twistie').click();
    await aws.current.expandTreeItem('Functions', row('orders'));
    await aws.current.expandTreeItem('orders', row('2 tools:3'));
    await row('2 tools:3').dragTo(row('1 data:1'));
    await dialog().waitFor();
    await photograph('drag');
    await press('Change Layers');
    await told('orders now has: tools:3 → data:1');
    await row('1 tools:3').waitFor();
    await decide('2  data:1', 'Detach Layer');
    await photograph('detach');
    await press('Change Layers');
    await row('2 data:1').waitFor({ state: 'detached' });
    await photograph('result');
    await aws.current.command('Lambda Layers: Undo Last Change of Layers…');
    await dialog().waitFor();
    await photograph('undo');
    await press('Undo');
    await told('Undone');
    await row('2 data:1').waitFor();
  });

  it('attach a version by dropping it on a function', async () => {
    await row('2 data:1').dragTo(row('bare'));
    await dialog().waitFor();
    assert.match(await dialog().innerText(), /1\. data:1 \(new\)/);
    await photograph('drop');
    await press('Change Layers');
    await told('bare now has: data:1');
  });

  it('compare a local layer with what is published of it', async () => {
    writeFileSync(join(aws.current.folder, 'layers/greetings/config/greeting.txt'), 'Good evening\n');
    await page()
      .locator('.pane-header', { has: page().locator('h3.title:text-is("Layers")') })
      .click();
    await compare('greetings', 'Compare with Published Version', 'greetings:1 ↔ greetings');
    await photograph('compare-published');
    await aws.openView();
  });

  it('show a layer of another account whose versions may not be listed', async () => {
    const denied = { kind: 'error', status: 403, name: 'AccessDeniedException' } as const;
    aws.proxy.fault('ListLayerVersions', denied, { times: 9 });
    await aws.current.command('Lambda Layers: Add Layer by ARN…');
    await aws.current.quickInput().fill(`arn:aws:lambda:${region}:123456789012:layer:data:1`);
    await photograph('add-by-arn');
    await page().keyboard.press('Enter');
    await aws.current.expandTreeItem('Layers');
    const added = row('account 123456789012');
    await added.waitFor();
    await aws.current.expandTreeItem('data', row('Other versions are not known'));
    await photograph('foreign');
    aws.proxy.clear();
    await aws.current.chooseFromContextMenu('data', 'Remove from View', row('default credentials'));
    await added.waitFor({ state: 'detached' });
  });

  it('show a layer of another region with its region, until both are removed', async () => {
    const place = 'default credentials · us-east-1';
    await aws.current.command('Lambda Layers: Add Layer by ARN…');
    await aws.current.quickInput().fill('arn:aws:lambda:us-east-1:999988887777:layer:theirs:4');
    await page().keyboard.press('Enter');
    const added = row('account 999988887777');
    await aws.current.expandTreeItem(place, added);
    await photograph('other-region');
    await aws.current.chooseFromContextMenu('theirs', 'Remove from View', row(place));
    await added.waitFor({ state: 'detached' });
    await row('No layers').waitFor();
    await aws.current.chooseFromContextMenu(place, 'Remove from View', row('default credentials'));
    await row('us-east-1').waitFor({ state: 'detached' });
  });

  it('find the functions that use a version, until somebody cancels', async () => {
    aws.proxy.fault('ListFunctions', { kind: 'hold' }, { times: 9 });
    await aws.current.command('Lambda Layers: Refresh');
    await aws.current.command('Lambda Layers: Find Functions That Use This Version…');
    await aws.current.quickInput().fill(`arn:aws:lambda:${region}:123456789012:layer:tools:2`);
    await page().keyboard.press('Enter');
    const progress = page().locator('.notification-list-item', { hasText: 'Finding functions that use' });
    await progress.waitFor();
    await photograph('finding');
    await progress.hover();
    await progress.locator('.monaco-button', { hasText: 'Cancel' }).click();
    await progress.waitFor({ state: 'detached' });
    aws.proxy.clear();
  });

  it('belong to a profile, which is chosen from a list', async () => {
    await aws.current.command('Lambda Layers: Select Profile…');
    await list('Default Credentials').waitFor();
    await photograph('profiles');
    await cancel();
  });
});
