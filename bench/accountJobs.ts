import {
  LambdaClient,
  paginateListFunctions,
  paginateListLayers,
  paginateListLayerVersions,
} from '@aws-sdk/client-lambda';
import { AwsConnections } from '../src/aws/awsConnections.ts';
import { oneEndpoint } from '../src/aws/endpoints.ts';
import { AccountStore } from '../src/core/account/accountStore.ts';

/** The region that everything is in. */
export const region = 'eu-west-1';

/** What a job is to keep, and how many things it has found. */
export interface Found {
  readonly kept: unknown;
  readonly count: number;
}

type Job = (endpoint: string) => Promise<Found>;

/** The peer: the SDK's own paginators in a plain loop, one page after the other, keeping what they give. */
const sdkLoop = 'SDK paginators in a loop';

/** Each question, answered by this product and by its peer. */
export const jobs: Readonly<Record<string, Readonly<Record<string, Job>>>> = {
  firstRows: {
    ours: async (endpoint) => {
      const store = open(endpoint);
      await store.layers.ensure(1);
      await store.functions.ensure(1);
      const [layer] = store.layers.items;
      const versions = store.versions(layer?.name ?? '');
      await versions.ensure(1);
      return { kept: store, count: store.layers.items.length };
    },
    [sdkLoop]: async (endpoint) => {
      const client = sdkClient(endpoint);
      const layers = await layersOf(client);
      const functions = await functionsOf(client);
      const versions = await versionsOf(client, layers[0]?.LayerName);
      return { kept: { layers, functions, versions }, count: layers.length };
    },
  },
  usedBy: {
    ours: async (endpoint) => {
      const store = open(endpoint);
      const usage = await store.usage();
      return { kept: store, count: usage.versionsInUse().length };
    },
    [sdkLoop]: async (endpoint) => {
      const functions = await functionsOf(sdkClient(endpoint));
      const users = new Map<string, string[]>();
      for (const { FunctionName: name = '', Layers: layers = [] } of functions) {
        for (const { Arn: arn = '' } of layers) users.set(arn, [...(users.get(arn) ?? []), name]);
      }
      return { kept: { functions, users }, count: users.size };
    },
  },
  wholeAccount: {
    ours: async (endpoint) => {
      const store = open(endpoint);
      const [layers, usage] = await Promise.all([store.layers.all(), store.usage()]);
      let count = usage.versionsInUse().length;
      const queue = layers.map(({ name }) => name);
      // As a person expands them: some at a time.
      const worker = async (): Promise<void> => {
        for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
          const versions = await store.versions(name).all();
          count += versions.length;
        }
      };
      await Promise.all([worker(), worker(), worker(), worker()]);
      return { kept: store, count };
    },
    [sdkLoop]: async (endpoint) => {
      const client = sdkClient(endpoint);
      const [layers, functions] = [await layersOf(client), await functionsOf(client)];
      const users = new Set(functions.flatMap(({ Layers: list = [] }) => list.map(({ Arn: arn }) => arn)));
      const versions = [];
      for (const { LayerName: name } of layers) versions.push(...(await versionsOf(client, name)));
      return { kept: { layers, functions, versions }, count: users.size + versions.length };
    },
  },
};

function open(endpoint: string): AccountStore {
  return new AccountStore(new AwsConnections().connect({ region, endpoints: oneEndpoint(endpoint) }).gateway);
}

function sdkClient(endpoint: string): LambdaClient {
  return new LambdaClient({ region, endpoint, retryMode: 'adaptive' });
}

async function layersOf(client: LambdaClient) {
  const layers = [];
  for await (const page of paginateListLayers({ client }, {})) layers.push(...(page.Layers ?? []));
  return layers;
}

async function functionsOf(client: LambdaClient) {
  const functions = [];
  for await (const page of paginateListFunctions({ client }, {})) functions.push(...(page.Functions ?? []));
  return functions;
}

async function versionsOf(client: LambdaClient, name: string | undefined) {
  const versions = [];
  for await (const page of paginateListLayerVersions({ client }, { LayerName: name })) {
    versions.push(...(page.LayerVersions ?? []));
  }
  return versions;
}
