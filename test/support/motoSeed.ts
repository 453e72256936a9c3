import {
  CreateAliasCommand,
  CreateFunctionCommand,
  LambdaClient,
  PublishLayerVersionCommand,
  PublishVersionCommand,
  UpdateFunctionConfigurationCommand,
  type Architecture,
  type Runtime,
} from '@aws-sdk/client-lambda';
import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';

/** A layer version that a test wants to be there. */
export interface SeedLayer {
  readonly name: string;
  readonly zip?: Uint8Array;
  readonly runtimes?: readonly string[];
  readonly architectures?: readonly string[];
  readonly description?: string;
}

/** A function that a test wants to be there. */
export interface SeedFunction {
  readonly name: string;
  readonly layers?: readonly string[];
  readonly runtime?: string;
  readonly architecture?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const roleName = 'layers-test';

/** Puts layers, functions and buckets into a server that speaks the AWS API, with the SDK alone. */
export class MotoSeed {
  readonly #endpoint: string;
  readonly #region: string;
  #role: Promise<string> | undefined;

  constructor(endpoint: string, region: string) {
    this.#endpoint = endpoint;
    this.#region = region;
  }

  /** Publishes a layer version; its ARN. */
  async layer({
    name,
    zip = Buffer.from(name),
    runtimes,
    architectures,
    description,
  }: SeedLayer): Promise<string> {
    const command = new PublishLayerVersionCommand({
      LayerName: name,
      Content: { ZipFile: zip },
      Description: description,
      CompatibleRuntimes: runtimes?.map((each) => each as Runtime),
      CompatibleArchitectures: architectures?.map((each) => each as Architecture),
    });
    const { LayerVersionArn: arn } = await this.#lambda((client) => client.send(command));
    if (arn === undefined) throw new Error(`The layer ${name} was not published.`);
    return arn;
  }

  /** Publishes so many versions of different content; their ARNs, oldest first. */
  async versions(name: string, count: number): Promise<string[]> {
    const arns: string[] = [];
    while (arns.length < count)
      arns.push(await this.layer({ name, zip: Buffer.from(`${name} ${arns.length}`) }));
    return arns;
  }

  /** Creates a function; its name. */
  async function({
    name,
    layers,
    runtime = 'nodejs22.x',
    architecture = 'x86_64',
    environment,
  }: SeedFunction): Promise<string> {
    const role = await (this.#role ??= this.#makeRole());
    const command = new CreateFunctionCommand({
      FunctionName: name,
      Role: role,
      Code: { ZipFile: Buffer.from(name) },
      Handler: 'index.handler',
      Runtime: runtime as Runtime,
      Architectures: [architecture as Architecture],
      Layers: layers === undefined ? undefined : [...layers],
      Environment: environment === undefined ? undefined : { Variables: { ...environment } },
    });
    await this.#lambda((client) => client.send(command));
    return name;
  }

  /** Publishes a version of a function as it is now, and lets an alias point to it; the version's number. */
  async publishFunction(name: string, alias?: string): Promise<string> {
    const { Version: version = '' } = await this.#lambda((client) =>
      client.send(new PublishVersionCommand({ FunctionName: name })),
    );
    if (alias !== undefined) {
      const command = new CreateAliasCommand({ FunctionName: name, Name: alias, FunctionVersion: version });
      await this.#lambda((client) => client.send(command));
    }
    return version;
  }

  /** Changes a function's layers behind everybody's back. */
  async setLayers(name: string, layers: readonly string[]): Promise<void> {
    const command = new UpdateFunctionConfigurationCommand({ FunctionName: name, Layers: [...layers] });
    await this.#lambda((client) => client.send(command));
  }

  async bucket(name: string): Promise<void> {
    const region = this.#region as 'eu-west-1';
    const command = new CreateBucketCommand({
      Bucket: name,
      CreateBucketConfiguration: { LocationConstraint: region },
    });
    await this.#s3((client) => client.send(command));
  }

  /** The keys in a bucket, and how many uploads are unfinished there. */
  async bucketContent(name: string): Promise<{ readonly keys: string[]; readonly unfinished: number }> {
    const objects = await this.#s3((client) => client.send(new ListObjectsV2Command({ Bucket: name })));
    return {
      keys: (objects.Contents ?? []).map(({ Key: key = '' }) => key),
      unfinished: (await this.unfinishedUploads(name)).length,
    };
  }

  /** The uploads to a bucket that were begun and not ended. */
  async unfinishedUploads(bucket: string): Promise<{ readonly key: string; readonly id: string }[]> {
    const { Uploads: uploads = [] } = await this.#s3((client) =>
      client.send(new ListMultipartUploadsCommand({ Bucket: bucket })),
    );
    return uploads.map(({ Key: key = '', UploadId: id = '' }) => ({ key, id }));
  }

  /** Ends them, as a lifecycle rule does. */
  async endUploads(bucket: string): Promise<void> {
    for (const { key, id } of await this.unfinishedUploads(bucket)) {
      const command = new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: id });
      await this.#s3((client) => client.send(command));
    }
  }

  async #makeRole(): Promise<string> {
    const query = new URLSearchParams({
      Action: 'CreateRole',
      Version: '2010-05-08',
      RoleName: roleName,
      AssumeRolePolicyDocument: '{"Version":"2012-10-17","Statement":[]}',
    });
    const authorization = 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/iam/aws4_request, Signature=x';
    const response = await fetch(this.#endpoint, { method: 'POST', body: query, headers: { authorization } });
    if (!response.ok) throw new Error(`The role was not made: ${await response.text()}`);
    return `arn:aws:iam::123456789012:role/${roleName}`;
  }

  async #lambda<T>(run: (client: LambdaClient) => Promise<T>): Promise<T> {
    const client = new LambdaClient(this.#options());
    return run(client).finally(() => client.destroy());
  }

  async #s3<T>(run: (client: S3Client) => Promise<T>): Promise<T> {
    const client = new S3Client({ ...this.#options(), forcePathStyle: true });
    return run(client).finally(() => client.destroy());
  }

  #options() {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    return { region: this.#region, endpoint: this.#endpoint, credentials };
  }
}
