import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { shortName, versionOf } from '../../../src/core/account/layerNames.ts';
import { describeAudience } from '../../../src/core/account/layerPolicy.ts';
import { region } from '../../support/motoAws.ts';
import { useTemporaryFolders } from '../../support/temporaryFolder.ts';
import { zipBytes } from '../../support/zip.ts';
import { AccountView } from './accountView.ts';
import { useAccount, type TestAccount } from './awsAccount.ts';

/** What commands change. The layer of the test is `tools` here. */
export interface AccountState {
  /** Layers of the functions `orders` and `returns`. */
  readonly orders: readonly string[];
  /** Versions of the layer, newest first. */
  readonly versions: readonly number[];
  /** Whom its versions 1 and 4 are shared with. */
  readonly shared: readonly string[];
}

/** How each test finds the account. Two of the versions are used by nobody. */
export const untouched: AccountState = {
  orders: ['data:1 → tools:1', 'data:1 → tools:1'],
  versions: [4, 3, 2, 1],
  shared: ['account 111122223333, account 444455556666', 'nobody'],
};

/** An account that is as it was for every test, and a window with it. */
export interface SmallAccount {
  readonly account: TestAccount;
  readonly view: AccountView;
  /** Name of the test's own layer. */
  readonly layer: string;
  /** The ARN of one of its versions, from 1. */
  readonly version: (number: number) => string;
  /** The ARN of the other layer. */
  readonly data: string;
  /** A folder of the test's own. */
  readonly folder: string;
  /** Content for a version 5. */
  readonly zip: string;
  /** The content of one of its versions. */
  readonly contentOf: (number: number) => Buffer;
  /** A text with the layer's name as it stands in `AccountState`. */
  readonly named: (text: string) => string;
  /** What AWS has. */
  readonly present: () => Promise<AccountState>;
  /** What the rows of the view say. */
  readonly shown: () => Promise<AccountState>;
  /** Files that commands may have left, in the test's folder and in the machine's for temporary ones. */
  readonly files: () => string[];
}

const functions = ['orders', 'returns'];
const place = `default credentials · ${region}`;

/** Starts an AWS for the tests of the surrounding `describe`, whose every test finds it `untouched` and shown. */
export function useSmallAccount(): SmallAccount {
  const account = useAccount();
  const temporaryFolder = useTemporaryFolders();
  let [data, layer, folder, count] = ['', '', '', 0];
  /** Of the layer's versions; none when the next test needs a new layer. */
  let arns: readonly string[] = [];
  let view: AccountView;

  before(async () => {
    data = await account.seed.layer({ name: 'data', zip: zipBytes([{ name: 'data.txt', data: 'data' }]) });
    for (const name of functions) await account.seed.function({ name, layers: [data] });
  });
  beforeEach(async () => {
    if (arns.length === 0) await begin();
    folder = temporaryFolder();
    writeFileSync(zipIn(folder), contentOf(layer, 5));
    view = new AccountView(join(folder, 'downloads'));
    assert.deepEqual(await shown(), untouched);
    account.proxy.clear();
  });
  afterEach(async () => {
    view.dispose();
    if (!isDeepStrictEqual(await present(), untouched)) arns = [];
  });

  /** Another layer, since a version that is deleted does not come again, and functions that have it. */
  const begin = async (): Promise<void> => {
    layer = `tools-${count++}`;
    arns = await publishFour(account, layer);
    for (const name of functions) await account.seed.setLayers(name, [data, arns[0] ?? '']);
    await share(account, arns[0] ?? '');
  };
  const named = (text: string): string => text.replaceAll(layer, 'tools');
  const labels = async (...path: string[]) =>
    (await view.rows(place, ...path)).map((node) => view.label(node));
  const shown = async (): Promise<AccountState> => {
    const order = async (name: string) =>
      named((await labels('Functions', name)).map((label) => label.replace(/^\d+ {2}/, '')).join(' → '));
    const shared = async (label: string) => {
      const facts = (await view.rows(place, 'Layers', layer, label)).map((node) => view.line(node));
      return facts.find((fact) => fact.startsWith('Shared with | '))?.split(' | ')[1] ?? '';
    };
    return {
      orders: await Promise.all(functions.map(order)),
      versions: (await labels('Layers', layer)).map((label) => Number(label.replace('Version ', ''))),
      shared: await Promise.all(['Version 1', 'Version 4'].map(shared)),
    };
  };
  const present = async (): Promise<AccountState> => {
    const { gateway } = account; // one connection for all
    const order = async (name: string) =>
      named((await gateway.getFunction(name)).layers.map(({ arn }) => shortName(arn)).join(' → '));
    const { items } = await gateway.listLayerVersions(layer);
    const shared = async (arn = '') => {
      const statements = (await gateway.getPolicy(arn))?.statements ?? [];
      return statements.map(({ audience }) => describeAudience(audience)).join(', ') || 'nobody';
    };
    return {
      orders: await Promise.all(functions.map(order)),
      versions: items.map(({ arn }) => versionOf(arn)),
      shared: await Promise.all([arns[0], arns[3]].map(shared)),
    };
  };
  return {
    account,
    get view() {
      return view;
    },
    get data() {
      return data;
    },
    get layer() {
      return layer;
    },
    get folder() {
      return folder;
    },
    get zip() {
      return zipIn(folder);
    },
    version: (number) => arns[number - 1] ?? assert.fail(`There is no version ${number}.`),
    contentOf: (number) => contentOf(layer, number),
    named,
    present,
    shown,
    files: () => filesOf(folder),
  };
}

async function publishFour({ seed }: TestAccount, name: string): Promise<string[]> {
  const arns: string[] = [];
  while (arns.length < 4) arns.push(await seed.layer({ name, zip: contentOf(name, arns.length + 1) }));
  return arns;
}

function contentOf(layer: string, version: number): Buffer {
  return zipBytes([{ name: 'text.txt', data: `${layer} ${version}` }]);
}

/** Lets two accounts have a version, by the statements `one` and `two`. */
async function share({ gateway }: TestAccount, arn: string): Promise<void> {
  await gateway.addPermission(arn, { statementId: 'one', principal: '111122223333' });
  await gateway.addPermission(arn, { statementId: 'two', principal: '444455556666' });
}

function zipIn(folder: string): string {
  return join(folder, 'five.zip');
}

function filesOf(folder: string): string[] {
  const own = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  const packaged = readdirSync(tmpdir()).filter((name) => name.startsWith('lambda-layers-publish-'));
  return [...own.map(({ parentPath, name }) => join(parentPath, name)), ...packaged];
}
