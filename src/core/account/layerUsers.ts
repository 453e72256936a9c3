import { eachItem } from './pagedList.ts';
import { layerArnOf } from './layerNames.ts';
import type { FunctionSummary, LambdaGateway } from './ports.ts';

/** A function, or a published version of one, that has a layer version. */
export interface LayerUser {
  readonly functionName: string;
  /** Function ARN without a qualifier. */
  readonly functionArn: string;
  /** `$LATEST`, or the number of a published version, which cannot be changed any more. */
  readonly version: string;
  /** Aliases that point to that published version. */
  readonly aliases: readonly string[];
  /** The layer version ARN that it has. */
  readonly layerVersionArn: string;
  readonly function: FunctionSummary;
}

/** How a pass over all functions reports and ends. */
export interface PassOptions {
  readonly signal?: AbortSignal | undefined;
  /** Functions and published versions seen so far. */
  readonly onProgress?: ((seen: number) => void) | undefined;
}

/**
 * Everything in the account and region that has any version of a layer: functions as they are now and published
 * versions, with their aliases. One pass over the functions, and one call for each function that has published
 * versions of interest.
 */
export async function findLayerUsers(
  gateway: LambdaGateway,
  layerArn: string,
  { signal, onProgress }: PassOptions = {},
): Promise<LayerUser[]> {
  const users: LayerUser[] = [];
  let seen = 0;
  for await (const item of eachItem((request) => gateway.listFunctions('all', request), signal)) {
    onProgress?.(++seen);
    const layer = item.layers.find(({ arn }) => layerArnOf(arn) === layerArn);
    if (layer !== undefined) users.push(user(item, layer.arn));
  }
  return withAliases(gateway, users, signal);
}

function user(item: FunctionSummary, layerVersionArn: string): LayerUser {
  const { name: functionName, arn: functionArn, version } = item;
  return { functionName, functionArn, version, aliases: [], layerVersionArn, function: item };
}

async function withAliases(
  gateway: LambdaGateway,
  users: readonly LayerUser[],
  signal: AbortSignal | undefined,
): Promise<LayerUser[]> {
  const names = new Set(users.filter(isPublished).map(({ functionName }) => functionName));
  const aliases = new Map<string, readonly string[]>();
  for (const name of names) {
    for await (const alias of eachItem((request) => gateway.listAliases(name, request), signal)) {
      for (const version of alias.versions) {
        const key = `${name}:${version}`;
        aliases.set(key, [...(aliases.get(key) ?? []), alias.name]);
      }
    }
  }
  return users.map((each) => ({
    ...each,
    aliases: aliases.get(`${each.functionName}:${each.version}`) ?? [],
  }));
}

/** Whether a user is a published version, which keeps its layers for good. */
export function isPublished({ version }: LayerUser): boolean {
  return version !== '$LATEST';
}
