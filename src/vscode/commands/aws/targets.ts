import type { AccountPlace } from '../../../core/account/accountPlace.ts';
import { layerArnOf, requireVersionArn } from '../../../core/account/layerNames.ts';
import { parseLayerVersionArn } from '../../../core/layer/layerArn.ts';
import { isAccountNode, type AccountNode } from '../../account/accountNodes.ts';
import { type AccountSource, pickFunction, pickLayer, pickLayerVersion, pickVersion } from './pickers.ts';

/** How a command is given what it works on: options, a row of the account view, or not at all. */
export type AwsInput<Options> = Options | AccountNode | undefined;

/** A layer version and where it is looked for. */
export interface VersionTarget {
  readonly arn: string;
  readonly where: AccountPlace;
}

/** A function and where it is looked for. */
export interface FunctionTarget {
  /** Name or ARN. */
  readonly function: string;
  readonly where: AccountPlace;
}

/** What a program gave; `undefined` when a person ran the command, who is asked then. */
export function optionsOf<Options>(input: AwsInput<Options>): Options | undefined {
  return input === undefined || isAccountNode(input) ? undefined : input;
}

/** The row of the account view that a command was run on. */
export function nodeOf(input: unknown): AccountNode | undefined {
  return isAccountNode(input) ? input : undefined;
}

/**
 * The layer version that a command is about; asks for what is not given. `undefined` when nothing was chosen.
 * Rejects with `LayerReferenceInvalid`, or as the gateway.
 */
export async function versionTarget(
  services: AccountSource,
  input: AwsInput<{ readonly layerVersionArn: string }>,
  title: string,
): Promise<VersionTarget | undefined> {
  const options = optionsOf(input);
  if (options !== undefined) return ofVersion(services, options.layerVersionArn);
  const node = nodeOf(input);
  if (node?.kind === 'accountLayerVersion' || node?.kind === 'accountUsers') {
    return { arn: node.layerVersionArn, where: node.where };
  }
  const arn =
    node?.kind === 'accountLayer'
      ? await pickVersion(services, node.where, node.layerArn, title)
      : await pickLayerVersion(services, placeOfRow(node), title);
  return arn === undefined ? undefined : ofVersion(services, arn, placeOfRow(node));
}

/** The layer that a command is about, by its ARN without a version, or its name; asks for what is not given. */
export async function layerTarget(
  services: AccountSource,
  input: AwsInput<{ readonly layerArn: string }>,
  title: string,
): Promise<VersionTarget | undefined> {
  const node = nodeOf(input);
  const options = optionsOf(input);
  const given = options?.layerArn ?? (node?.kind === 'accountLayer' ? node.layerArn : undefined);
  const chosen = given ?? (await pickLayer(services, placeOfRow(node), title));
  if (chosen === undefined) return undefined;
  const arn = parseLayerVersionArn(chosen) === undefined ? chosen : layerArnOf(chosen);
  return { arn, where: placeOfRow(node) ?? (await services.accounts.placeOf(arn)) };
}

/** The function that a command is about; asks for what is not given. A mere name is looked for in the current place. */
export async function functionTarget(
  services: AccountSource,
  input: AwsInput<{ readonly function: string }>,
  title: string,
): Promise<FunctionTarget | undefined> {
  const options = optionsOf(input);
  const { accounts } = services;
  if (options !== undefined) {
    const { function: name } = options;
    return {
      function: name,
      where: name.startsWith('arn:') ? await accounts.placeOf(name) : await accounts.current(),
    };
  }
  const node = nodeOf(input);
  const row = node?.kind === 'accountLayerVersion' ? node.parent : node;
  if (row?.kind === 'accountFunction') return { function: row.functionArn, where: row.where };
  const where = placeOfRow(node) ?? (await accounts.current());
  const chosen = await pickFunction(services, where, title);
  return chosen === undefined ? undefined : { function: chosen.arn, where };
}

async function ofVersion(
  { accounts }: AccountSource,
  arn: string,
  where?: AccountPlace,
): Promise<VersionTarget> {
  const { region } = requireVersionArn(arn);
  return { arn, where: where?.region === region ? where : await accounts.placeOf(arn) };
}

/** Where a row is. */
export function placeOfRow(node: AccountNode | undefined): AccountPlace | undefined {
  if (node === undefined) return undefined;
  if ('where' in node) return node.where;
  return placeOfRow(node.parent);
}
