import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFaultProxy, type FaultProxy } from '../support/faultProxy.ts';
import { startMoto, type Moto } from '../support/moto.ts';
import { region, testCredentials } from '../support/motoAws.ts';
import { MotoSeed } from '../support/motoSeed.ts';
import { writeZip } from '../support/zip.ts';
import { openView as openAwsView } from './support/useAwsWorkbench.ts';
import { Workbench } from './support/workbench.ts';

describe('the AWS view', function () {
  this.timeout(180_000);
  let moto: Moto;
  let proxy: FaultProxy;
  let work: string;
  let workbench: Workbench | undefined;

  before(async function () {
    this.timeout(400_000);
    work = mkdtempSync(join(tmpdir(), 'lambda-ui-'));
    moto = await startMoto();
    proxy = await startFaultProxy(moto.endpoint);
    await seed(new MotoSeed(proxy.endpoint, region), work);
  });
  after(async () => {
    await proxy.stop();
    await moto.stop();
    rmSync(work, { recursive: true, force: true });
  });
  beforeEach(() => proxy.clear());
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      await workbench?.screenshot(`failed ${this.currentTest.fullTitle()}`);
    }
  });

  const current = (): Workbench => {
    assert.ok(workbench);
    return workbench;
  };
  const row = (text: string) =>
    current().page.locator('.pane-body .monaco-list-row[role="treeitem"]', { hasText: text }).first();

  const openView = () => openAwsView(current());

  describe('with credentials', () => {
    before(async function () {
      this.timeout(180_000);
      workbench = await Workbench.open({
        env: {
          ...testCredentials,
          AWS_ENDPOINT_URL: proxy.endpoint,
          AWS_REGION: region,
          AWS_EC2_METADATA_DISABLED: 'true',
        },
      });
    });
    after(() => workbench?.close());

    it('asks AWS for nothing until it is opened, and then shows the first layers', async () => {
      await current().openSideBar('Lambda Layers');
      await current().treeItem('hello-bash').first().waitFor();
      assert.deepEqual(proxy.operations, []);
      await openView();
      await row('shared-tools').waitFor();
      assert.equal(proxy.count('ListFunctions'), 0);
      await current().screenshot('account-layers');
    });

    it('shows the versions of a layer, what is known of each, and who uses it', async () => {
      await current().expandTreeItem('shared-tools');
      await current().expandTreeItem('Version 2');
      await row('Shared with').waitFor();
      await row('find functions…').click();
      await row('2 functions').waitFor();
      await current().expandTreeItem('Used by');
      await row('orders').waitFor();
      await current().screenshot('account-version');
    });

    it("shows a function's layers in order, and their /opt with one click", async () => {
      await current().treeItem('shared-tools').first().locator('.monaco-tl-twistie').click();
      await current().treeItem('Layers').last().locator('.monaco-tl-twistie').click();
      await current().expandTreeItem('Functions');
      const orders = current().treeItem('orders').first();
      await current().expandTreeItem('orders');
      await row('1 data:1').waitFor();
      await current().screenshot('account-function');
      await orders.hover();
      await orders.locator('[aria-label="Browse /opt…"]').click();
      await row('data:1 + shared-tools:2').waitFor();
      await row('data.txt').waitFor();
      await current().screenshot('account-opt');
    });

    it('filters, and says so', async () => {
      await openView();
      await current().command('Lambda Layers: Filter Layers and Functions…');
      await current().quickInput().fill('inv');
      await current().page.keyboard.press('Enter');
      await row('invoices').waitFor();
      await row('orders').waitFor({ state: 'detached' });
      await current().screenshot('account-filter');
      await current().command('Lambda Layers: Show All Layers and Functions');
      await row('orders').waitFor();
    });

    it('says in the tree what failed, and tries again when asked to', async () => {
      const denied = { kind: 'error', status: 403, name: 'AccessDeniedException' } as const;
      proxy.fault('ListFunctions', denied, { times: 1 });
      await current().command('Lambda Layers: Refresh');
      const problem = row('lambda:ListFunctions');
      await problem.waitFor();
      await current().screenshot('account-problem');
      await problem.hover();
      await problem.locator('[aria-label="Try Again"]').click();
      await row('invoices').waitFor();
    });

    it('adds a region beside, step by step', async () => {
      await current().command('Lambda Layers: Add Region or Profile…');
      await current().choose('Default Credentials');
      await current().page.locator('.quick-input-widget:visible', { hasText: '2/2' }).waitFor();
      await current().screenshot('account-region');
      await current().quickInput().fill('us-east-1');
      await current().choose('us-east-1');
      await row('us-east-1').waitFor();
    });

    it('takes it away again', async () => {
      const other = row('us-east-1');
      await current().chooseFromContextMenu(
        'default credentials · us-east-1',
        'Remove from View',
        row(region),
      );
      await other.waitFor({ state: 'detached' });
    });

    it('asks for the code of the MFA device that a profile wants, and again when there was none', async () => {
      const { page } = current();
      writeProfiles(join(current().host.folder, 'home'));
      await current().command('Lambda Layers: Add Region or Profile…');
      await current().choose('deploy');
      await page.locator('.quick-input-widget:visible', { hasText: '2/2' }).waitFor();
      await current().choose('Region of the Profile or the Environment');
      const place = `deploy · ${region}`;
      const question = page.locator('.quick-input-widget:visible', { hasText: 'Code of the MFA Device' });
      await current().expandTreeItem(place, question);
      await current().quickInput().fill('12');
      await question.filter({ hasText: 'six to eight digits' }).waitFor();
      await current().screenshot('account-mfa');
      await page.keyboard.press('Escape');
      const problem = row('No code was given');
      await problem.waitFor();
      await current().screenshot('account-mfa-declined');
      await problem.hover();
      await problem.locator('[aria-label="Try Again"]').click();
      await question.waitFor();
      await current().quickInput().fill('123456');
      await page.keyboard.press('Enter');
      await row('shared-tools').waitFor();
      await current().chooseFromContextMenu(place, 'Remove from View', row(region));
      await row('deploy').waitFor({ state: 'detached' });
    });

    it('looks as well in a light theme', async () => {
      await current().command('Preferences: Toggle between Light/Dark Themes');
      await current().page.locator('.monaco-workbench.vs').waitFor();
      await current().screenshot('account-light');
    });
  });

  describe('without credentials', () => {
    before(async function () {
      this.timeout(180_000);
      // Whatever is sent without credentials arrives at the proxy.
      const env = { AWS_EC2_METADATA_DISABLED: 'true', AWS_ENDPOINT_URL: proxy.endpoint };
      workbench = await Workbench.open({ env });
    });
    after(() => workbench?.close());

    it('says what to do, and everything local goes on', async () => {
      await openView();
      const welcome = current().page.locator('.welcome-view-content', { hasText: 'aws configure sso' });
      await welcome.waitFor();
      await current().screenshot('account-welcome');
      await current().page.locator('.pane-header', { hasText: 'Layers' }).first().click();
      await current().expandTreeItem('hello-bash');
      await current().expandTreeItem('/opt');
    });

    it('explains missing credentials where they are needed', async () => {
      await current().command('Lambda Layers: Select Region…');
      await current().quickInput().fill('eu-west-1');
      await current().choose('eu-west-1');
      await openView();
      await row('There are no AWS credentials').waitFor();
      await row('aws configure').waitFor();
      await current().screenshot('account-no-credentials');
      assert.deepEqual(proxy.operations, []);
    });
  });

  describe('in a workspace that is not trusted', () => {
    before(async function () {
      this.timeout(180_000);
      const folder = join(work, 'foreign');
      mkdirSync(join(folder, '.vscode'), { recursive: true });
      const settings = { 'lambdaLayers.aws.endpointUrl': proxy.endpoint, 'lambdaLayers.aws.region': region };
      writeFileSync(join(folder, '.vscode', 'settings.json'), JSON.stringify(settings));
      workbench = await Workbench.open({
        env: { AWS_EC2_METADATA_DISABLED: 'true' },
        workspace: folder,
        workspaceTrust: 'asked',
      });
      await current().page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
    });
    after(() => workbench?.close());

    it('does not go where the workspace says', async () => {
      await openView();
      await current().page.locator('.welcome-view-content', { hasText: 'aws configure sso' }).waitFor();
      await current().screenshot('account-untrusted');
      assert.deepEqual(proxy.operations, []);
    });
  });
});

/** A profile whose role wants an MFA device, and the one with its keys, in a home folder. */
function writeProfiles(home: string): void {
  mkdirSync(join(home, '.aws'), { recursive: true });
  const profiles = [
    ...['[profile deploy]', 'role_arn = arn:aws:iam::123456789012:role/layers-test', `region = ${region}`],
    ...['source_profile = base', 'mfa_serial = arn:aws:iam::123456789012:mfa/me', '', '[profile base]'],
    ...['aws_access_key_id = AKIABASE000000000001', 'aws_secret_access_key = secret-of-base', ''],
  ];
  writeFileSync(join(home, '.aws', 'config'), profiles.join('\n'));
}

async function seed(aws: MotoSeed, folder: string): Promise<void> {
  const zip = async (name: string, tree: Parameters<typeof writeZip>[1]) =>
    readFileSync(await writeZip(join(folder, `${name}.zip`), tree));
  await aws.layer({ name: 'shared-tools', zip: await zip('one', { 'bin/tool': '#!/bin/sh\necho one' }) });
  const tools = await aws.layer({
    name: 'shared-tools',
    zip: await zip('two', { 'bin/tool': '#!/bin/sh\necho two', 'new.txt': 'new' }),
    runtimes: ['nodejs22.x', 'provided.al2023'],
    architectures: ['arm64'],
    description: 'Tools for everybody',
  });
  const data = await aws.layer({ name: 'data', zip: await zip('data', { 'data.txt': 'data' }) });
  for (let index = 0; index < 60; index++) await aws.layer({ name: `library-${index}` });
  await aws.function({ name: 'orders', layers: [data, tools] });
  await aws.function({ name: 'invoices', layers: [tools], architecture: 'arm64' });
  await aws.function({ name: 'bare' });
}
