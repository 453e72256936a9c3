import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { root } from '../../scripts/lib/prepare.mjs';
import { region } from '../support/motoAws.ts';
import { zipBytes } from '../support/zip.ts';
import { colorOf, lineColors } from './support/editorColors.ts';
import { useAwsWorkbench } from './support/useAwsWorkbench.ts';

const newest = `arn:aws:lambda:${region}:123456789012:layer:shared-tools:3`;

/** Files with an ARN and with another text, by their languages. */
const sources = {
  'colours.yaml': (arn: string) => `Description: Other words\nLayers:\n  - ${arn}\n`,
  'colours.json': (arn: string) => `{\n  "Description": "Other words",\n  "Layers": ["${arn}"]\n}\n`,
  'colours.tf': (arn: string) => `description = "Other words"\nlayers = ["${arn}"]\n`,
};

for (const [theme, suffix] of [
  ['Default Dark Modern', 'dark'],
  ['Default Light Modern', 'light'],
] as const) {
  describe(`changing an AWS account, in a ${suffix} window`, function () {
    this.timeout(180_000);
    const aws = useAwsWorkbench({
      settings: { 'workbench.colorTheme': theme },
      extensions: [join(root, 'test', 'fixtures', 'terraform')],
      fill: async (seed) => {
        const zip = (text: string) => zipBytes([{ name: 'bin/tool', data: text, mode: 0o100755 }]);
        const tools: string[] = [];
        for (const text of ['one', 'two', 'three']) {
          const runtimes = ['nodejs22.x', 'nodejs24.x'];
          tools.push(await seed.layer({ name: 'shared-tools', zip: zip(text), runtimes, description: text }));
        }
        const data = await seed.layer({ name: 'data', zip: zip('data') });
        await seed.function({ name: 'invoices', layers: [data, tools[0] ?? ''] });
        await seed.function({ name: 'orders', layers: [tools[1] ?? '', data] });
        await seed.publishFunction('orders', 'live');
      },
    });
    const current = () => aws.current;
    const { dialog, press, told } = aws;
    /** Waits for a step of the questions and answers it; with what stands there unless told otherwise. */
    async function answer(step: number, text?: string): Promise<void> {
      const { page } = current();
      await page.locator('.quick-input-title:visible', { hasText: `(${step}/5)` }).waitFor();
      if (text !== undefined) await current().quickInput().fill(text);
      await page.keyboard.press('Enter');
    }

    /** Points at something until a hover shows; the first time may be before the extension is there. */
    async function pointAt(target: Locator, shown: Locator): Promise<void> {
      for (let attempt = 1; !(await shown.isVisible()); attempt++) {
        await current().page.mouse.move(10, 10);
        await target.hover();
        await shown.waitFor({ timeout: 3000 }).catch((error: unknown) => {
          if (attempt === 10) throw error;
        });
      }
    }

    it('tells of an ARN in a template when somebody points at it', async () => {
      const { page } = current();
      const template = `Resources:\n  Orders:\n    Properties:\n      Layers:\n        - ${newest.replace(/3$/, '2')}\n`;
      writeFileSync(join(current().folder, 'stack.yaml'), template);
      await current().openFile('stack.yaml');
      const name = page.locator('.view-line span', { hasText: 'shared-tools' }).last();
      const look = page.locator('.monaco-hover a', { hasText: 'Look Up' });
      await pointAt(name, look);
      assert.deepEqual(aws.proxy.operations, []);
      await look.click();
      await told('there is version 3');
      await page.keyboard.press('Escape');
      await pointAt(name, page.locator('.monaco-hover', { hasText: 'There is a newer version: 3.' }));
      await current().screenshot(`arn-hover-${suffix}`);
      await page.keyboard.press('Escape');
    });

    it('colours the parts of an ARN in YAML, JSON and Terraform', async () => {
      const { page } = current();
      for (const [file, content] of Object.entries(sources)) {
        writeFileSync(join(current().folder, file), content(newest));
        await current().openFile(file);
        const parts = await lineColors(page, 'arn:', /^shared-tools$/);
        const [name, account, place, version] = ['shared-tools', '123456789012', region, '3'].map((part) =>
          colorOf(parts, part),
        );
        const others = colorOf(await lineColors(page, 'Other words', /Other.words"?$/), 'Other words');
        assert.equal(new Set([name, account, place, others]).size, 4, `${file}: ${[...parts].join(' ')}`);
        assert.equal(version, account, 'both are numbers');
      }
      await current().screenshot(`arn-colours-${suffix}`);
    });

    it('asks for metadata, then shows what will be published', async () => {
      const { page } = current();
      await current().command('Lambda Layers: Publish Layer…');
      await current().choose('german');
      await answer(1, 'no spaces');
      await page.locator('.quick-input-message', { hasText: 'Letters, digits, - and _ only.' }).waitFor();
      await current().screenshot(`publish-name-${suffix}`);
      await answer(1, 'german');
      await answer(2);
      await answer(3, 'MIT');
      await page.locator('.quick-input-title:visible', { hasText: '(4/5)' }).waitFor();
      await page.locator('.quick-input-list .monaco-list-row', { hasText: 'nodejs22.x' }).first().click();
      await current().screenshot(`publish-runtimes-${suffix}`);
      await answer(4);
      await answer(5);
      await dialog().waitFor();
      const text = await dialog().innerText();
      for (const expected of ['Publish german in', 'Newest version: none', 'nodejs22.x', 'Licence: MIT']) {
        assert.ok(text.includes(expected), `${expected} in ${text}`);
      }
      await current().screenshot(`publish-confirm-${suffix}`);
      assert.equal(aws.proxy.count('PublishLayerVersion'), 0);
      await press('Publish');
      await told('Published german:1.');
    });

    it('shows the table before functions are updated', async () => {
      const { page } = current();
      await current().command('Lambda Layers: Update Functions to Layer Version…');
      await current().choose('shared-tools');
      await current().choose('3');
      await page.locator('.quick-input-widget:visible', { hasText: 'invoices' }).waitFor();
      await current().editorTab('Update to shared-tools').waitFor();
      await current().screenshot(`update-table-${suffix}`);
      const invoices = page.locator('.quick-input-list .monaco-list-row:visible', { hasText: 'invoices' });
      await invoices.hover();
      await invoices.locator('[aria-label="Compare /opt Before and After"]').click();
      await current().editorTab('data:1 + shared-tools:1').waitFor();
      await page.locator('.multiDiffEditor .char-delete').first().waitFor();
      await current().screenshot(`update-compare-${suffix}`);
      await current().quickInput().focus();
      await page.keyboard.press('Enter');
      await dialog().waitFor();
      await current().screenshot(`update-confirm-${suffix}`);
      await press('Update, Stop at an Error');
      await told('2 updated');
      assert.equal(aws.proxy.count('UpdateFunctionConfiguration'), 2);
    });

    it('shows the order before and after when layers are reordered', async () => {
      const { page } = current();
      await current().command('Lambda Layers: Reorder Layers of Function…');
      await current().choose('orders');
      const first = page.locator('.quick-input-list .monaco-list-row:visible', {
        hasText: '1. shared-tools:3',
      });
      await first.hover();
      await first.locator('[aria-label="Move Down"]').click();
      await page.locator('.quick-input-list .monaco-list-row', { hasText: '2. shared-tools:3' }).waitFor();
      await current().screenshot(`reorder-list-${suffix}`);
      await page.keyboard.press('Enter');
      await dialog().waitFor();
      assert.match(await dialog().innerText(), /After:\s+1\. data:1\s+2\. shared-tools:3/);
      await current().screenshot(`reorder-confirm-${suffix}`);
      await press('Change Layers');
      await told('orders now has: data:1 → shared-tools:3');
    });
  });
}
