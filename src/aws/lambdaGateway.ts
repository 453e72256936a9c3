import type * as Sdk from '@aws-sdk/client-lambda';
import type {
  CallOptions,
  ContentLocation,
  FunctionAlias,
  FunctionConfiguration,
  FunctionSummary,
  GuardedCall,
  LambdaGateway,
  LayerContent,
  LayerMetadata,
  LayerSummary,
  LayerVersionDetails,
  LayerVersionSummary,
  Page,
  PageRequest,
  PermissionGrant,
} from '../core/account/ports.ts';
import { layerArnOf, requireVersionArn, shortName } from '../core/account/layerNames.ts';
import {
  parsePolicy,
  parseStatement,
  type LayerPolicy,
  type PermissionStatement,
} from '../core/account/layerPolicy.ts';
import { Secret } from '../core/account/secret.ts';
import { parseAwsLayerArn } from '../core/layer/layerArn.ts';
import { UserError } from '../core/base/errors.ts';
import { toConfiguration, toDetails, toFunction, toLayer, toVersion } from './sdkShapes.ts';
import type { CallRequest, SdkSession } from './sdkSession.ts';

type Client = Pick<Sdk.LambdaClient, 'send'>;
type SdkModule = typeof Sdk;

/** Pages as large as Lambda gives them. */
const pageSize = 50;

/** Lambda's API through the SDK, which is loaded with the first call. */
export class AwsLambdaGateway implements LambdaGateway {
  readonly #session: SdkSession;

  constructor(session: SdkSession) {
    this.#session = session;
  }

  get region(): string {
    return this.#session.options.region;
  }

  get profile(): string | undefined {
    return this.#session.options.profile;
  }

  get endpointUrl(): string | undefined {
    return this.#session.options.endpoints.lambda;
  }

  async listLayers({ marker, signal }: PageRequest = {}): Promise<Page<LayerSummary>> {
    const result = await this.#call(
      { operation: 'ListLayers', kind: 'read', signal },
      (client, sdk, options) =>
        client.send(new sdk.ListLayersCommand({ MaxItems: pageSize, Marker: marker }), options),
    );
    return page((result.Layers ?? []).map(toLayer), result.NextMarker);
  }

  async listLayerVersions(
    layer: string,
    { marker, signal }: PageRequest = {},
  ): Promise<Page<LayerVersionSummary>> {
    const result = await this.#call(
      { operation: 'ListLayerVersions', kind: 'read', subject: layer, signal },
      (client, sdk, options) =>
        client.send(
          new sdk.ListLayerVersionsCommand({ LayerName: layer, MaxItems: pageSize, Marker: marker }),
          options,
        ),
    );
    return page((result.LayerVersions ?? []).map(toVersion), result.NextMarker);
  }

  async listFunctions(
    versions: 'latest' | 'all',
    { marker, signal }: PageRequest = {},
  ): Promise<Page<FunctionSummary>> {
    const result = await this.#call(
      { operation: 'ListFunctions', kind: 'read', signal },
      (client, sdk, options) =>
        client.send(
          new sdk.ListFunctionsCommand({
            MaxItems: pageSize,
            Marker: marker,
            ...(versions === 'all' ? { FunctionVersion: 'ALL' as const } : {}),
          }),
          options,
        ),
    );
    return page((result.Functions ?? []).map(toFunction), result.NextMarker);
  }

  async listAliases(
    functionName: string,
    { marker, signal }: PageRequest = {},
  ): Promise<Page<FunctionAlias>> {
    const result = await this.#call(
      { operation: 'ListAliases', kind: 'read', subject: functionName, signal },
      (client, sdk, options) =>
        client.send(new sdk.ListAliasesCommand({ FunctionName: functionName, Marker: marker }), options),
    );
    const aliases = (result.Aliases ?? []).map(({ Name, FunctionVersion, RoutingConfig }) => ({
      name: Name ?? '',
      versions: [FunctionVersion ?? '', ...Object.keys(RoutingConfig?.AdditionalVersionWeights ?? {})],
    }));
    return page(aliases, result.NextMarker);
  }

  async getLayerVersion(arn: string, options: CallOptions = {}): Promise<LayerVersionDetails> {
    return toDetails(await this.#getLayerVersion(arn, options));
  }

  async getContent(arn: string, options: CallOptions = {}): Promise<ContentLocation> {
    const result = await this.#getLayerVersion(arn, options);
    const { codeSha256, zippedBytes } = toDetails(result);
    return { url: new Secret(result.Content?.Location ?? ''), codeSha256, zippedBytes };
  }

  async publishLayerVersion(
    metadata: LayerMetadata,
    content: LayerContent,
    { signal }: CallOptions = {},
  ): Promise<LayerVersionDetails> {
    const result = await this.#call(
      { operation: 'PublishLayerVersion', kind: 'write', subject: metadata.name, signal },
      (client, sdk, options) =>
        client.send(new sdk.PublishLayerVersionCommand(publishInput(metadata, content)), options),
    );
    return toDetails(result);
  }

  async deleteLayerVersion(arn: string, { signal }: CallOptions = {}): Promise<void> {
    await this.#call(
      // Deleting twice is as good as deleting once, so it is repeated as reading is.
      {
        ...{ operation: 'DeleteLayerVersion', kind: 'read', subject: shortName(arn), signal },
        cancelling: 'beforeSending',
      },
      (client, sdk, options) => client.send(new sdk.DeleteLayerVersionCommand(versionInput(arn)), options),
    );
  }

  async getPolicy(arn: string, { signal }: CallOptions = {}): Promise<LayerPolicy | undefined> {
    try {
      const result = await this.#call(
        { operation: 'GetLayerVersionPolicy', kind: 'read', subject: shortName(arn), signal },
        (client, sdk, options) =>
          client.send(new sdk.GetLayerVersionPolicyCommand(versionInput(arn)), options),
      );
      return parsePolicy(result.Policy ?? '{}', result.RevisionId);
    } catch (error) {
      if (!(error instanceof UserError) || error.code !== 'NotFound') throw error;
      // "No policy is associated with the given resource" is the ordinary state; else the version itself may be missing.
      if (!/no policy/i.test(error.message)) await this.getLayerVersion(arn, { signal });
      return undefined;
    }
  }

  async addPermission(
    arn: string,
    { statementId, principal, organizationId }: PermissionGrant,
    { signal, revisionId }: GuardedCall = {},
  ): Promise<PermissionStatement> {
    const result = await this.#call(
      { operation: 'AddLayerVersionPermission', kind: 'write', subject: shortName(arn), signal },
      (client, sdk, options) =>
        client.send(
          new sdk.AddLayerVersionPermissionCommand({
            ...versionInput(arn),
            StatementId: statementId,
            Action: 'lambda:GetLayerVersion', // the only one that Lambda takes here
            Principal: principal,
            OrganizationId: organizationId,
            RevisionId: revisionId,
          }),
          options,
        ),
    );
    return parseStatement(result.Statement ?? '{}');
  }

  async removePermission(
    arn: string,
    statementId: string,
    { signal, revisionId }: GuardedCall = {},
  ): Promise<void> {
    await this.#call(
      { operation: 'RemoveLayerVersionPermission', kind: 'write', subject: shortName(arn), signal },
      (client, sdk, options) =>
        client.send(
          new sdk.RemoveLayerVersionPermissionCommand({
            ...versionInput(arn),
            StatementId: statementId,
            RevisionId: revisionId,
          }),
          options,
        ),
    );
  }

  async getFunction(name: string, { signal }: CallOptions = {}): Promise<FunctionConfiguration> {
    const result = await this.#call(
      { operation: 'GetFunctionConfiguration', kind: 'read', subject: name, signal },
      (client, sdk, options) =>
        client.send(new sdk.GetFunctionConfigurationCommand({ FunctionName: name }), options),
    );
    return toConfiguration(result);
  }

  async updateLayers(
    name: string,
    layers: readonly string[],
    { signal, revisionId }: GuardedCall = {},
  ): Promise<FunctionConfiguration> {
    const result = await this.#call(
      { operation: 'UpdateFunctionConfiguration', kind: 'write', subject: name, signal },
      (client, sdk, options) =>
        client.send(
          new sdk.UpdateFunctionConfigurationCommand({
            FunctionName: name,
            Layers: [...layers],
            RevisionId: revisionId,
          }),
          options,
        ),
    );
    return toConfiguration(result);
  }

  #getLayerVersion(arn: string, { signal }: CallOptions): Promise<Sdk.GetLayerVersionCommandOutput> {
    return this.#call(
      { operation: 'GetLayerVersion', kind: 'read', subject: shortName(arn), signal },
      (client, sdk, options) =>
        parseAwsLayerArn(arn) === undefined
          ? client.send(new sdk.GetLayerVersionCommand(versionInput(arn)), options)
          : client.send(new sdk.GetLayerVersionByArnCommand({ Arn: arn }), options),
    );
  }

  #call<T>(
    request: CallRequest,
    run: (client: Client, sdk: SdkModule, options: { abortSignal?: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    return this.#session.call(request, async ({ lambda, options }) => {
      const sdk = await import('./sdk.ts').then((sdk) => sdk.clientLambda());
      return run(lambda, sdk, options);
    });
  }
}

function page<T>(items: readonly T[], next: string | undefined): Page<T> {
  return next === undefined || next === '' ? { items } : { items, next };
}

/** GetLayerVersion and its kin take a layer ARN for the name: that works for other accounts' layers too. */
function versionInput(arn: string): { LayerName: string; VersionNumber: number } {
  const { version } = requireVersionArn(arn);
  return { LayerName: layerArnOf(arn), VersionNumber: version };
}

function publishInput(metadata: LayerMetadata, content: LayerContent): Sdk.PublishLayerVersionCommandInput {
  const { name, description, licenseInfo, compatibleRuntimes, compatibleArchitectures } = metadata;
  return {
    LayerName: name,
    Content: 'zip' in content ? { ZipFile: content.zip } : { S3Bucket: content.bucket, S3Key: content.key },
    Description: description,
    LicenseInfo: licenseInfo,
    CompatibleRuntimes: compatibleRuntimes?.map((each) => each as Sdk.Runtime),
    CompatibleArchitectures: compatibleArchitectures?.map((each) => each as Sdk.Architecture),
  };
}
