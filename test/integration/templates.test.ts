import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { eventually, extensionApi, useDebugging, workspaceFolder } from './support/debugging.ts';

const reference = 'template.yaml#HelloFromTemplate';

describe('Functions of a template', () => {
  const debugging = useDebugging();
  const file = () => join(workspaceFolder().uri.fsPath, 'broken.template.yaml');
  afterEach(() => rmSync(file(), { force: true }));

  it('have a merged /opt of the layers that the template names', async () => {
    const root = await (await extensionApi()).openOpt({ function: reference });
    assert.ok(root);
    const content = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(root, 'config', 'greeting.txt'));
    assert.equal(Buffer.from(content).toString().trim(), 'Hello');
    assert.ok(await vscode.workspace.fs.stat(vscode.Uri.joinPath(root, 'bootstrap')));
  });

  it('run by their reference alone, and launch configurations may add to them', async () => {
    const name = 'from the template';
    const started = { type: 'lambda-runtime', request: 'launch', name, function: reference };
    assert.ok(await vscode.debug.startDebugging(workspaceFolder(), { ...started, debugger: 'none' }));
    const outcome = await (await extensionApi()).invokeFunction({ event: { name: 'Grace' } });
    assert.deepEqual(JSON.parse(outcome?.payload ?? ''), { greeting: 'HELLO, GRACE!' });
    const { configuration } = debugging.own().session;
    const filled = ['handler', 'timeout', 'functionName', 'env'].map(
      (name) => configuration[name] as unknown,
    );
    assert.deepEqual(filled, ['hello.handler', 10, 'HelloFromTemplate', { GREETING: 'Hello' }]);
  });

  it('open at their place in the template', async () => {
    await vscode.commands.executeCommand('lambdaLayers.openDefinition', { function: reference });
    const editor = vscode.window.activeTextEditor;
    assert.match(editor?.document.uri.path ?? '', /template\.yaml$/);
    assert.match(editor?.document.lineAt(editor.selection.active.line).text ?? '', /^ {2}HelloFromTemplate:/);
  });

  it('are known when their template comes, and tell which layer nobody knows', async () => {
    writeFileSync(
      file(),
      'Resources: { Late: { Type: AWS::Serverless::Function, Properties: { CodeUri: ., Layers: [ !ImportValue other ] } } }',
    );
    const message = await eventually(async () => {
      const api = await extensionApi();
      const failure = await api.openOpt({ function: 'broken.template.yaml#Late' }).catch(String);
      return /ImportValue/.test(String(failure)) ? String(failure) : undefined;
    }, 'the template to be read');
    assert.match(message, /only AWS knows/);
  });
});
