import * as vscode from 'vscode';
import type { LambdaGateway } from '../../../src/core/account/ports.ts';
import { region, useAws, type TestAws } from '../../support/motoAws.ts';
import { extensionApi } from './debugging.ts';

/** The tests' own AWS, with settings that lead the extension there. */
export interface TestAccount extends TestAws {
  /** Runs a command with options, as a key binding or another extension does. */
  run<T>(command: string, options: object): Promise<T>;
  /** A look at the account that does not go through the extension's own connections. */
  readonly gateway: LambdaGateway;
  /** A function's ordered layer version ARNs, as AWS has them. */
  orderOf(name: string): Promise<string[]>;
}

/** Starts an AWS for the tests of the surrounding `describe` and makes it the extension's. */
export function useAccount(): TestAccount {
  const aws = useAws();
  before(async () => {
    await hideViews();
    await set('aws.endpointUrl', aws.proxy.endpoint);
    await set('aws.region', region);
    await extensionApi();
  });
  after(async () => {
    await hideViews();
    await set('aws.endpointUrl', undefined);
    await set('aws.region', undefined);
  });
  const account: TestAccount = {
    get proxy() {
      return aws.proxy;
    },
    get seed() {
      return aws.seed;
    },
    get gateway() {
      return aws.connect().gateway;
    },
    connect: (options) => aws.connect(options),
    run: <T>(command: string, options: object) =>
      Promise.resolve(vscode.commands.executeCommand<T>(`lambdaLayers.${command}`, options)),
    orderOf: async (name) => (await account.gateway.getFunction(name)).layers.map(({ arn }) => arn),
  };
  return account;
}

/** Changes one of the extension's user settings; `undefined` takes it away. */
export async function set(name: string, value: unknown): Promise<void> {
  const { Global } = vscode.ConfigurationTarget;
  await vscode.workspace.getConfiguration('lambdaLayers').update(name, value, Global);
}

/** A view that is in sight asks AWS by itself, which tests that count calls would take for theirs. */
async function hideViews(): Promise<void> {
  await vscode.commands.executeCommand('workbench.view.explorer');
}
