import type * as Sdk from '@aws-sdk/client-lambda';
import {
  functionStates,
  type FunctionConfiguration,
  type FunctionSummary,
  type LayerSummary,
  type LayerVersionDetails,
  type LayerVersionSummary,
} from '../core/account/ports.ts';

/** A layer of ListLayers. */
export function toLayer(item: Sdk.LayersListItem): LayerSummary {
  const { LayerName: name = '', LayerArn: arn = '', LatestMatchingVersion: newest } = item;
  return { name, arn, newest: newest === undefined ? undefined : toVersion(newest) };
}

/** A version of ListLayerVersions, or the common part of GetLayerVersion's answer. */
export function toVersion(item: Sdk.LayerVersionsListItem): LayerVersionSummary {
  return {
    arn: item.LayerVersionArn ?? '',
    version: item.Version ?? 0,
    created: item.CreatedDate ?? '',
    description: item.Description ?? '',
    licenseInfo: item.LicenseInfo ?? '',
    compatibleRuntimes: item.CompatibleRuntimes ?? [],
    compatibleArchitectures: item.CompatibleArchitectures ?? [],
  };
}

/** The answer of GetLayerVersion and PublishLayerVersion, without the address of its content. */
export function toDetails(result: Sdk.GetLayerVersionResponse): LayerVersionDetails {
  return {
    ...toVersion(result),
    zippedBytes: result.Content?.CodeSize ?? 0,
    codeSha256: result.Content?.CodeSha256 ?? '',
  };
}

/** A function of ListFunctions. Its environment stays behind. */
export function toFunction(item: Sdk.FunctionConfiguration): FunctionSummary {
  const version = item.Version ?? '$LATEST';
  const arn = item.FunctionArn ?? '';
  return {
    name: item.FunctionName ?? '',
    arn: arn.endsWith(`:${version}`) ? arn.slice(0, -version.length - 1) : arn,
    version,
    runtime: item.Runtime,
    architectures: item.Architectures ?? ['x86_64'],
    packageType: item.PackageType === 'Image' ? 'Image' : 'Zip',
    layers: (item.Layers ?? []).map(({ Arn = '', CodeSize = 0 }) => ({ arn: Arn, zippedBytes: CodeSize })),
    codeBytes: item.CodeSize ?? 0,
  };
}

/** The answer of GetFunctionConfiguration and UpdateFunctionConfiguration. */
export function toConfiguration(result: Sdk.FunctionConfiguration): FunctionConfiguration {
  const { LastUpdateStatus: status } = result;
  return {
    ...toFunction(result),
    revisionId: result.RevisionId,
    state: functionStates.find((each) => each === result.State) ?? 'Active',
    lastUpdate: status === 'InProgress' || status === 'Failed' ? status : 'Successful',
    lastUpdateReason: result.LastUpdateStatusReason,
  };
}
