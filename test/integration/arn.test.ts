import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { arnGrammars } from '../../src/vscode/manifest.ts';
import { useAccount } from './support/awsAccount.ts';
import { eventually } from './support/debugging.ts';

describe('Layer version ARNs in files', function () {
  this.timeout(120_000);
  const account = useAccount();
  const gone = 'arn:aws:lambda:eu-west-1:999988887777:layer:theirs:4';
  let versions: string[] = [];
  before(async () => {
    await account.seed.layer({ name: 'library', description: 'The first' });
    versions = [
      'arn:aws:lambda:eu-west-1:123456789012:layer:library:1',
      await account.seed.layer({ name: 'library', runtimes: ['nodejs22.x'], description: 'The [second]' }),
      await account.seed.layer({ name: 'library', zip: Buffer.from('three') }),
    ];
  });
  beforeEach(() => account.proxy.clear());
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  const second = (): string => versions[1] ?? '';
  const newest = (): string => versions[2] ?? '';

  async function open(language: string, content: string): Promise<vscode.TextDocument> {
    const document = await vscode.workspace.openTextDocument({ language, content });
    await vscode.window.showTextDocument(document);
    return document;
  }

  /** Our hover's text at the first ARN of a document. */
  async function hover(document: vscode.TextDocument): Promise<string> {
    const position = document.positionAt(document.getText().indexOf(':layer:') + 3);
    return eventually(async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        position,
      );
      const texts = hovers.flatMap(({ contents }) => contents as vscode.MarkdownString[]);
      return texts.map(({ value }) => value).find((value) => value.includes('command:lambdaLayers.'));
    }, 'a hover');
  }

  async function actions(document: vscode.TextDocument): Promise<vscode.CodeAction[]> {
    const position = document.positionAt(document.getText().indexOf(':layer:') + 3);
    const range = new vscode.Range(position, position);
    const found = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      range,
    );
    return found.filter(({ title }) => /library|theirs/.test(title));
  }

  it('are explained in every language with what the ARN itself says, without a call of AWS', async () => {
    const known = await vscode.languages.getLanguages(); // Terraform and others come with extensions of their own
    const languages = Object.keys(arnGrammars).filter((language) => known.includes(language));
    assert.ok(languages.length >= 13, languages.join());
    for (const language of languages) {
      const text = await hover(await open(language, `layer = "${gone}"\n`));
      assert.match(text, /Layer theirs, version 4/, language);
      assert.match(text, /eu-west-1 · 999988887777/);
      assert.match(text, /not known/);
      assert.match(text, /\[Browse \/opt\]\(command:lambdaLayers\.openOpt\?/);
      assert.match(text, /\[Look Up\]\(command:lambdaLayers\.lookUpLayerVersion\?/);
    }
    assert.deepEqual(account.proxy.operations, []);
  });

  it('tell their runtimes, size and newer version once somebody has looked them up', async () => {
    const document = await open('yaml', `Layers:\n  - ${second()}\n`);
    assert.match(await hover(document), /not known/);
    const found = await account.run<{ newerArn: string; zippedBytes: number }>('lookUpLayerVersion', {
      layerVersionArn: second(),
    });
    assert.equal(found.newerArn, newest());
    account.proxy.clear();
    const text = await hover(document);
    assert.match(text, /nodejs22\.x/);
    assert.match(text, /7 bytes/);
    assert.match(text, /The \\\[second\\\]/, 'what others wrote is shown as text');
    assert.match(text, /newer version: 3/);
    assert.match(text, /\[Copy Newer ARN\]\(command:lambdaLayers\.copyNewerArn\?/);
    assert.deepEqual(account.proxy.operations, []);
  });

  it('are replaced by the newer one with a code action', async () => {
    await account.run('lookUpLayerVersion', { layerVersionArn: second() });
    account.proxy.clear();
    const document = await open('json', `{"Layers": ["${second()}", "other"]}`);
    const found = await actions(document);
    assert.deepEqual(
      found.map(({ title }) => title),
      ['Use library:3', 'Copy ARN of library:3', 'Browse /opt of library:2'],
    );
    const [use] = found;
    assert.ok(use?.edit);
    await vscode.workspace.applyEdit(use.edit);
    assert.equal(document.getText(), `{"Layers": ["${newest()}", "other"]}`);
    assert.deepEqual(account.proxy.operations, []);
  });

  it('have their newest version copied', async () => {
    assert.equal(await account.run('copyNewerArn', { layerVersionArn: second() }), newest());
    assert.equal(await vscode.env.clipboard.readText(), newest());
    assert.equal(await account.run('copyNewerArn', { layerVersionArn: newest() }), undefined);
    assert.equal(await vscode.env.clipboard.readText(), newest());
  });

  it('of other accounts are told as far as they may be seen', async () => {
    await assert.rejects(account.run('lookUpLayerVersion', { layerVersionArn: gone }), /theirs/);
    await assert.rejects(
      account.run('lookUpLayerVersion', { layerVersionArn: 'arn:aws:x' }),
      /no layer version ARN/,
    );
  });

  it('are not found in longer names, or without a version', async () => {
    const content = [`x-${gone}`, `${gone}-9`, gone.slice(0, -2)].join('\n');
    const document = await open('yaml', content);
    for (let line = 0; line < document.lineCount; line++) {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        new vscode.Position(line, 30),
      );
      const texts = hovers.flatMap(({ contents }) => contents as vscode.MarkdownString[]);
      assert.ok(!texts.some(({ value }) => value.includes('lambdaLayers')), document.lineAt(line).text);
    }
  });
});
