import type { AccountPlace } from './accountPlace.ts';
import type { LayerPolicy, PermissionStatement } from './layerPolicy.ts';
import type { Secret } from './secret.ts';

/** One page of a listing. `next` is what to ask the following page with; absent on the last one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/** Which page of a listing; the first one without `marker`. */
export interface PageRequest {
  readonly marker?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A call that can be cancelled; it then rejects with the signal's reason, a change only while it has not been sent. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** What a listing says of a layer version. */
export interface LayerVersionSummary {
  /** Layer version ARN. */
  readonly arn: string;
  readonly version: number;
  /** ISO 8601. */
  readonly created: string;
  readonly description: string;
  readonly licenseInfo: string;
  readonly compatibleRuntimes: readonly string[];
  readonly compatibleArchitectures: readonly string[];
}

/** A layer with its newest version. */
export interface LayerSummary {
  readonly name: string;
  /** Layer ARN, without a version. */
  readonly arn: string;
  readonly newest: LayerVersionSummary | undefined;
}

/** All that is known of a layer version. */
export interface LayerVersionDetails extends LayerVersionSummary {
  /** Size of the zip in bytes. */
  readonly zippedBytes: number;
  /** SHA-256 of the zip in base64. */
  readonly codeSha256: string;
}

/** Where a version's zip can be fetched; the address is valid for ten minutes. */
export interface ContentLocation {
  readonly url: Secret;
  readonly zippedBytes: number;
  readonly codeSha256: string;
}

/** A layer as a function has it. */
export interface AttachedLayer {
  readonly arn: string;
  /** Size of the zip in bytes. */
  readonly zippedBytes: number;
}

/** A function, or one of its published versions. Its environment variables are never read. */
export interface FunctionSummary {
  readonly name: string;
  /** Function ARN without a qualifier. */
  readonly arn: string;
  /** `$LATEST`, or the number of a published version. */
  readonly version: string;
  /** Absent for functions from images. */
  readonly runtime: string | undefined;
  readonly architectures: readonly string[];
  readonly packageType: 'Zip' | 'Image';
  readonly layers: readonly AttachedLayer[];
  /** Size of the function's own zip in bytes. */
  readonly codeBytes: number;
}

/** What a function can be in (Lambda API reference, FunctionConfiguration). */
export const functionStates = [
  ...(['Pending', 'Active', 'ActiveNonInvocable', 'Inactive', 'Failed'] as const),
  ...(['Deactivating', 'Deactivated', 'Deleting'] as const),
] as const;

/** A function's present configuration. */
export interface FunctionConfiguration extends FunctionSummary {
  /** Changes with every change of the function; `undefined` where the server keeps none. */
  readonly revisionId: string | undefined;
  readonly state: (typeof functionStates)[number];
  readonly lastUpdate: 'Successful' | 'Failed' | 'InProgress';
  /** Why the last update failed. */
  readonly lastUpdateReason: string | undefined;
}

/** A name that points to a published version, with the other version that gets part of the traffic. */
export interface FunctionAlias {
  readonly name: string;
  readonly versions: readonly string[];
}

/** What a layer version says of itself beside its content. */
export interface LayerMetadata {
  readonly name: string;
  readonly description?: string | undefined;
  readonly licenseInfo?: string | undefined;
  readonly compatibleRuntimes?: readonly string[] | undefined;
  readonly compatibleArchitectures?: readonly string[] | undefined;
}

/** The zip itself, or the object that holds it. */
export type LayerContent = { readonly zip: Uint8Array } | { readonly bucket: string; readonly key: string };

/** Who gets a permission: an account's twelve digits, or `*` (with `organizationId`, only that organization). */
export interface PermissionGrant {
  readonly statementId: string;
  readonly principal: string;
  readonly organizationId?: string | undefined;
}

/** A change of a policy that is refused when the policy is no longer at this revision. */
export interface GuardedCall extends CallOptions {
  readonly revisionId?: string | undefined;
}

/**
 * The Lambda API of one region, as one profile sees it. Everything rejects with a `UserError`: `AccessDenied` (naming
 * the missing IAM action), `Throttled`, `NotFound`, `ChangedMeanwhile`, `LimitExceeded`, `CredentialsMissing`,
 * `CredentialsInvalid`, `MfaCodeMissing`, `NetworkFailed`, `ServiceFailed`, `RequestRefused`, `OutcomeUnknown`; or with
 * the signal's reason.
 *
 * Reading is repeated a few times by itself when that can help. What changes something is sent once, except after an
 * answer that says that nothing was done: whether it happened is for the caller to look at. A change that is on its way
 * is not cancelled: it ends as AWS answers, or with `OutcomeUnknown` when no answer comes within a grace time.
 */
export interface LambdaGateway extends AccountPlace {
  /** The address that stands in for AWS, if any; identities are not trusted over time there. */
  readonly endpointUrl: string | undefined;

  listLayers(request?: PageRequest): Promise<Page<LayerSummary>>;
  /** Newest first. `layer` is a name, or a layer ARN for another account's. */
  listLayerVersions(layer: string, request?: PageRequest): Promise<Page<LayerVersionSummary>>;
  /** `all` lists the published versions too, each as an item of its own. */
  listFunctions(versions: 'latest' | 'all', request?: PageRequest): Promise<Page<FunctionSummary>>;
  listAliases(functionName: string, request?: PageRequest): Promise<Page<FunctionAlias>>;

  /** `arn` may be that of a layer of AWS itself, here and in `getContent`; AWS may deny it. */
  getLayerVersion(arn: string, options?: CallOptions): Promise<LayerVersionDetails>;
  getContent(arn: string, options?: CallOptions): Promise<ContentLocation>;
  publishLayerVersion(
    metadata: LayerMetadata,
    content: LayerContent,
    options?: CallOptions,
  ): Promise<LayerVersionDetails>;
  /** Does nothing for a version that does not exist. */
  deleteLayerVersion(arn: string, options?: CallOptions): Promise<void>;

  /** `undefined` when the version is shared with nobody; `NotFound` when there is no such version. */
  getPolicy(arn: string, options?: CallOptions): Promise<LayerPolicy | undefined>;
  addPermission(arn: string, grant: PermissionGrant, options?: GuardedCall): Promise<PermissionStatement>;
  removePermission(arn: string, statementId: string, options?: GuardedCall): Promise<void>;

  /** `name` may be an ARN. */
  getFunction(name: string, options?: CallOptions): Promise<FunctionConfiguration>;
  /** Replaces the ordered list of layers. `ChangedMeanwhile` when the function is at another revision. */
  updateLayers(
    name: string,
    layers: readonly string[],
    options?: GuardedCall,
  ): Promise<FunctionConfiguration>;
}

/** Where a zip is put that is too large for a request. */
export interface ObjectStore {
  /**
   * Uploads a file in parts. A failed or cancelled upload leaves no parts, or its failure says in its next step what is
   * left. Progress is in bytes. Rejects as `LambdaGateway`.
   */
  upload(request: {
    readonly bucket: string;
    readonly key: string;
    readonly file: string;
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: ((done: number, total: number) => void) | undefined;
  }): Promise<void>;
  /** Removes an object; does nothing when there is none. */
  remove(bucket: string, key: string, options?: CallOptions): Promise<void>;
}
