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

/** What the extension has asked, and what a person answers. */
export interface Person {
  /** Dialogs and lists, with the buttons or labels that could be chosen. */
  readonly asked: { readonly text: string; readonly detail: string; readonly choices: readonly string[] }[];
  /** Labels of buttons and rows that are chosen where they are offered; anything else is dismissed. */
  chooses: readonly string[];
}

const dialogs = ['showInformationMessage', 'showWarningMessage', 'showErrorMessage'] as const;

/** Answers dialogs and lists in the tests of the surrounding `describe`: nobody sits before this editor. */
export function usePerson(): Person {
  const person: Person = { asked: [], chooses: [] };
  const { window } = vscode;
  const former = { ...window };
  before(() => {
    for (const name of dialogs) Object.assign(window, { [name]: answerDialogs(person) });
    Object.assign(window, { showQuickPick: answerLists(person) });
  });
  beforeEach(() => {
    person.asked.length = 0;
    person.chooses = [];
  });
  after(() => {
    for (const name of [...dialogs, 'showQuickPick'] as const)
      Object.assign(window, { [name]: former[name] });
  });
  return person;
}

function answerDialogs(person: Person) {
  return (text: string, ...rest: unknown[]): Promise<string | undefined> => {
    const [first] = rest;
    const isOptions = typeof first === 'object' && first !== null;
    const { detail = '' }: vscode.MessageOptions = isOptions ? first : {};
    const choices = (isOptions ? rest.slice(1) : rest).map(String);
    person.asked.push({ text, detail, choices });
    return Promise.resolve(choices.find((choice) => person.chooses.includes(choice)));
  };
}

function answerLists(person: Person) {
  return (
    items: readonly vscode.QuickPickItem[],
    { placeHolder = '', canPickMany = false }: vscode.QuickPickOptions,
  ): Promise<unknown> => {
    const choices = items.map(({ label }) => label);
    const detail = items.map((item) => item.detail ?? '').join('\n');
    person.asked.push({ text: placeHolder, detail, choices });
    const chosen = items.filter(({ label }) => person.chooses.includes(label));
    return Promise.resolve(canPickMany ? chosen : chosen[0]);
  };
}

/** A view that is in sight asks AWS by itself, which tests that count calls would take for theirs. */
async function hideViews(): Promise<void> {
  await vscode.commands.executeCommand('workbench.view.explorer');
}
