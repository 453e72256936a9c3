import * as vscode from 'vscode';
import { AwsConnections, type AwsConnection } from '../../aws/awsConnections.ts';
import { configuredEndpoints, oneEndpoint } from '../../aws/endpoints.ts';
import { chooseRegion, listProfiles } from '../../aws/profiles.ts';
import { distinctPlaces, placeKey, readPlaces, type AccountPlace } from '../../core/account/accountPlace.ts';
import { AccountStore, type AccountChange } from '../../core/account/accountStore.ts';
import type { LayerDownloads } from '../../core/account/layerDownloads.ts';
import type { LambdaGateway, ObjectStore } from '../../core/account/ports.ts';
import { UserError } from '../../core/base/errors.ts';
import type { Logger } from '../../core/base/logger.ts';
import { settingIds, settingPrefix } from '../manifest.ts';
import { askMfaCode } from './askMfaCode.ts';

/** What the accounts are made with. */
export interface AwsAccountsOptions {
  /** Keeps the places that somebody added, for all windows. */
  readonly state: vscode.Memento;
  readonly downloads: LayerDownloads;
  readonly logger: Logger;
}

/** Something in the store of a place is no longer what it was. */
export interface PlaceChange {
  readonly kind: 'inPlace';
  readonly where: AccountPlace;
  readonly change: Exclude<AccountChange, { readonly kind: 'everything' }>;
}

/** `everything`: another place was chosen, one was added or removed, or what was read is forgotten. */
export type AccountsChange = { readonly kind: 'everything' } | PlaceChange;

const stateKey = 'lambdaLayers.accountPlaces';
/** Variables by which the environment can hold credentials, or say where they are. */
const credentialsVariables = [
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
];

/**
 * The way to AWS: the chosen profile and region, those that somebody added beside it, and one connection and one store
 * for each. Nothing is sent before a gateway is asked for something. In an untrusted workspace VS Code itself passes
 * over what the workspace's settings say here.
 */
export class AwsAccounts implements vscode.Disposable {
  readonly downloads: LayerDownloads;
  readonly #state: vscode.Memento;
  readonly #connections: AwsConnections;
  readonly #stores = new Map<string, AccountStore>();
  readonly #changed = new vscode.EventEmitter<AccountsChange>();
  readonly #subscription: vscode.Disposable;
  readonly onDidChange = this.#changed.event;

  constructor({ state, downloads, logger }: AwsAccountsOptions) {
    this.#state = state;
    this.downloads = downloads;
    this.#connections = new AwsConnections({ logger, askMfaCode });
    this.#subscription = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${settingPrefix}.aws`)) this.#changed.fire({ kind: 'everything' });
    });
  }

  /**
   * The chosen profile and region.
   * Rejects with `ConfigurationInvalid` when neither a setting, nor the profile, nor the environment names a region.
   */
  async current(): Promise<AccountPlace> {
    const profile = setting(settingIds.awsProfile);
    const region = await chooseRegion({ profile, region: setting(settingIds.awsRegion) });
    if (region !== undefined) return { profile, region };
    throw new UserError(
      'ConfigurationInvalid',
      vscode.l10n.t('No AWS region is chosen.'),
      vscode.l10n.t('Run "Lambda Layers: Select Region…".'),
    );
  }

  /** The current place and those that were added; empty while nothing on this machine points to AWS. */
  async places(): Promise<AccountPlace[]> {
    const added = this.added();
    if (!(await this.#isSetUp())) return added;
    try {
      return distinctPlaces([await this.current(), ...added]);
    } catch (error) {
      if (added.length > 0) return added;
      throw error;
    }
  }

  /** The places that somebody added, in order. */
  added(): AccountPlace[] {
    return readPlaces(this.#state.get<unknown>(stateKey));
  }

  async add(place: AccountPlace): Promise<void> {
    await this.#state.update(stateKey, distinctPlaces([...this.added(), place]));
    this.#changed.fire({ kind: 'everything' });
  }

  async remove(place: AccountPlace): Promise<void> {
    const kept = this.added().filter((each) => placeKey(each) !== placeKey(place));
    await this.#state.update(stateKey, kept);
    this.#changed.fire({ kind: 'everything' });
  }

  /** The Lambda API of a place, the current one without it. Rejects as `current`. */
  async gateway(where?: AccountPlace): Promise<LambdaGateway> {
    return (await this.#connect(where ?? (await this.current()))).gateway;
  }

  /** The gateway that a layer or function of an ARN is asked for with: the current profile in the ARN's region. */
  async gatewayFor(arn: string): Promise<LambdaGateway> {
    return this.gateway(await this.placeOf(arn));
  }

  /** Where a layer or function of an ARN is looked for: with the current profile, in the ARN's region. */
  placeOf(arn: string): Promise<AccountPlace> {
    const [, , , region = ''] = arn.split(':');
    if (region === '') return this.current();
    return Promise.resolve({ profile: setting(settingIds.awsProfile), region });
  }

  /** Where large zips of a place are put, the current one without it. Rejects as `current`. */
  async objects(where?: AccountPlace): Promise<ObjectStore> {
    return (await this.#connect(where ?? (await this.current()))).objects;
  }

  /** What has been read of a place, the current one without it; the same store every time. Rejects as `current`. */
  async store(where?: AccountPlace): Promise<AccountStore> {
    const place = where ?? (await this.current());
    const { gateway } = await this.#connect(place);
    const key = storeKey(place);
    const known = this.#stores.get(key);
    if (known?.gateway === gateway) return known;
    known?.dispose(); // another address was configured
    const store = new AccountStore(gateway);
    store.onDidChange((change) => {
      // Of everything, `refresh` tells once for all stores.
      if (change.kind !== 'everything') this.#changed.fire({ kind: 'inPlace', where: place, change });
    });
    this.#stores.set(key, store);
    return store;
  }

  /** The stores of all places that somebody has asked for. */
  get openStores(): readonly AccountStore[] {
    return [...this.#stores.values()];
  }

  /** The store of a place if somebody has asked for it before. */
  openStore(where: AccountPlace): AccountStore | undefined {
    return this.#stores.get(storeKey(where));
  }

  /** The bucket for zips that are too large for a request. */
  bucket(): string | undefined {
    return setting(settingIds.awsS3Bucket);
  }

  /** Forgets what was read, and credentials too, so that renewed ones are found. */
  refresh(): void {
    this.#connections.reset();
    for (const store of this.#stores.values()) store.refresh();
    this.#changed.fire({ kind: 'everything' });
  }

  dispose(): void {
    this.#subscription.dispose();
    for (const store of this.#stores.values()) store.dispose();
    this.#connections.dispose();
    this.#changed.dispose();
  }

  async #connect({ profile, region }: AccountPlace): Promise<AwsConnection> {
    const chosen = endpointUrl();
    const endpoints = chosen === undefined ? await configuredEndpoints(profile) : oneEndpoint(chosen);
    return this.#connections.connect({ profile, region, endpoints });
  }

  /** Whether anything on this machine points to AWS; files and variables only, nothing is sent. */
  async #isSetUp(): Promise<boolean> {
    const chosen = [settingIds.awsProfile, settingIds.awsRegion, settingIds.awsEndpointUrl];
    if (chosen.some((id) => setting(id) !== undefined)) return true;
    if (credentialsVariables.some((name) => (process.env[name] ?? '') !== '')) return true;
    return (await listProfiles()).length > 0;
  }
}

function storeKey(place: AccountPlace): string {
  return `${placeKey(place)} ${String(settingValue(settingIds.awsEndpointUrl))}`;
}

/** @throws UserError `SettingInvalid` */
function endpointUrl(): string | undefined {
  const url = setting(settingIds.awsEndpointUrl);
  if (url === undefined || (/^https?:/i.test(url) && URL.canParse(url))) return url;
  throw settingInvalid(
    settingIds.awsEndpointUrl,
    vscode.l10n.t('it is no address that begins with http:// or https://'),
  );
}

/** A setting's text; `undefined` when it is empty, as its default is. @throws UserError `SettingInvalid` */
function setting(id: string): string | undefined {
  const value = settingValue(id);
  if (typeof value !== 'string') throw settingInvalid(id, vscode.l10n.t('it is no text'));
  return value.trim() === '' ? undefined : value.trim();
}

function settingValue(id: string): unknown {
  return vscode.workspace.getConfiguration(settingPrefix).get<unknown>(id, '');
}

function settingInvalid(id: string, fact: string): UserError {
  const text = vscode.l10n.t('The setting {0} cannot be used: {1}.', `${settingPrefix}.${id}`, fact);
  return new UserError('SettingInvalid', text, vscode.l10n.t('Correct it in the settings.'));
}
