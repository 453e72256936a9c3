import { createHash, randomUUID } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import { parseLayerVersionArn } from '../../src/core/layer/layerArn.ts';
import { layerArnOf } from '../../src/core/account/layerNames.ts';

/** A request with everything it says. */
export interface Exchange {
  readonly operation: string;
  /** The variable parts of the path, decoded: a layer's or function's name, a version, a statement. */
  readonly names: readonly string[];
  readonly method: string;
  url: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
}

/** An answer. */
export interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

/** The account that moto gives everybody. */
export const account = '123456789012';
const largestPage = 50;

/** An error as Lambda answers it. */
export function lambdaError(status: number, name: string, message: string): Answer {
  const body = Buffer.from(
    JSON.stringify({ Type: status < 500 ? 'User' : 'Server', message, Message: message }),
  );
  return { status, headers: { 'content-type': 'application/json', 'x-amzn-errortype': name }, body };
}

/**
 * What AWS does and moto does not: pages, revisions of functions, updates that take time, Lambda's rules for layers,
 * other accounts, downloads, and the form of a policy. Each is stated by AWS's API reference.
 */
export class MotoGaps {
  /** How often a function is seen as `InProgress` after an update. */
  readsInProgress = 0;
  /** What AWS gives of its own layers, by ARN; it denies the others. */
  readonly awsLayers = new Map<string, Buffer>();
  readonly #target: string;
  readonly #contents = new Map<string, Buffer>();
  readonly #revisions = new Map<string, string>();
  readonly #inProgress = new Map<string, number>();
  /** What moto answered to listings, until something changes: it lists everything every time. */
  readonly #listings = new Map<string, Answer>();
  /** How often something began or ended to change, and how often it had when a listing was asked for. */
  #changes = 0;
  readonly #changesBefore = new WeakMap<Exchange, number>();

  constructor(target: string) {
    this.#target = target;
  }

  /** What moto answered to the same listing, if nothing has changed since. */
  remembered(exchange: Exchange): Answer | undefined {
    if (exchange.method !== 'GET') this.#forgetListings();
    this.#changesBefore.set(exchange, this.#changes);
    return exchange.operation.startsWith('List') ? this.#listings.get(listingKey(exchange)) : undefined;
  }

  #forgetListings(): void {
    this.#changes++;
    this.#listings.clear();
  }

  /** Answers in moto's place, or changes the request; `undefined` lets it go on to moto. */
  async before(exchange: Exchange): Promise<Answer | undefined> {
    const { operation, names, body } = exchange;
    switch (operation) {
      case 'Download':
        return this.#download(exchange);
      case 'GetLayerVersionByArn':
        return this.#awsLayer(names[0] ?? '', exchange);
      case 'PublishLayerVersion':
        await this.#keepContent(body);
        return undefined;
      case 'ListLayerVersions':
        return ownLayerOnly(exchange);
      case 'AddLayerVersionPermission':
        return this.#checkStatement(exchange);
      case 'RemoveLayerVersionPermission':
        return this.#checkRemoval(exchange);
      case 'UpdateFunctionConfiguration':
        return this.#checkUpdate(names[0] ?? '', body);
      default:
        return undefined;
    }
  }

  /** Makes moto's answer AWS's. */
  after(exchange: Exchange, answer: Answer, endpoint: string): Answer {
    const { operation } = exchange;
    if (exchange.method !== 'GET') this.#forgetListings();
    if (answer.status >= 300) return answer;
    if (operation.startsWith('List')) {
      const isCurrent = this.#changesBefore.get(exchange) === this.#changes;
      if (isCurrent) this.#listings.set(listingKey(exchange), answer);
      return this.#listing(exchange, answer);
    }
    if (!changesBody.has(operation)) return answer;
    const data = JSON.parse(answer.body.toString()) as Record<string, unknown>;
    return { ...answer, body: Buffer.from(JSON.stringify(this.#adapt(operation, data, endpoint))) };
  }

  /** Cuts moto's whole listing into a page. */
  #listing({ operation, url }: Exchange, answer: Answer): Answer {
    const data = JSON.parse(answer.body.toString()) as Record<string, unknown>;
    const [key, list] = Object.entries(data).find(([, value]) => Array.isArray(value)) ?? ['', []];
    const query = new URL(url, 'http://localhost').searchParams;
    const start = Number(query.get('Marker') ?? '0');
    const size = Math.min(largestPage, Number(query.get('MaxItems') ?? largestPage));
    const all = list as Record<string, unknown>[];
    const items = all.slice(start, start + size);
    if (operation === 'ListFunctions') for (const item of items) this.#revise(item);
    const next = start + size < all.length ? { NextMarker: String(start + size) } : {};
    return { ...answer, body: Buffer.from(JSON.stringify({ [key]: items, ...next })) };
  }

  #adapt(operation: string, data: Record<string, unknown>, endpoint: string): Record<string, unknown> {
    switch (operation) {
      case 'UpdateFunctionConfiguration': {
        const name = String(data['FunctionName']);
        this.#revisions.set(name, randomUUID());
        this.#inProgress.set(name, this.readsInProgress);
        return this.#progress(this.#revise(data));
      }
      case 'GetFunctionConfiguration':
        return this.#progress(this.#revise(data));
      case 'GetLayerVersionPolicy':
        return { ...data, Policy: awsPolicy(String(data['Policy'])) };
      case 'AddLayerVersionPermission':
        return {
          ...data,
          Statement: JSON.stringify(awsStatement(JSON.parse(String(data['Statement'])) as Statement)),
        };
      default:
        return locate(data, endpoint);
    }
  }

  #revise(data: Record<string, unknown>): Record<string, unknown> {
    const name = String(data['FunctionName']);
    const revision = this.#revisions.get(name) ?? randomUUID();
    this.#revisions.set(name, revision);
    data['RevisionId'] = revision;
    return data;
  }

  #progress(data: Record<string, unknown>): Record<string, unknown> {
    const name = String(data['FunctionName']);
    const left = this.#inProgress.get(name) ?? 0;
    if (left === 0) return data;
    this.#inProgress.set(name, left - 1);
    return { ...data, LastUpdateStatus: 'InProgress' };
  }

  /** Changes a function's revision, as somebody else's change does. */
  touch(functionName: string): void {
    this.#revisions.set(functionName, randomUUID());
  }

  #awsLayer(arn: string, { headers }: Exchange): Answer {
    const zip = this.awsLayers.get(arn);
    if (zip === undefined) {
      const message = `User: arn:aws:iam::${account}:user/tester is not authorized to perform: lambda:GetLayerVersion on resource: ${arn}`;
      return lambdaError(403, 'AccessDeniedException', message);
    }
    const digest = createHash('sha256').update(zip);
    this.#contents.set(digest.copy().digest('hex'), zip);
    const content = { CodeSha256: digest.digest('base64'), CodeSize: zip.length };
    const data = locate({ LayerVersionArn: arn, Content: content }, `http://${String(headers.host)}`);
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(data)),
    };
  }

  async #keepContent(body: Buffer): Promise<void> {
    const { Content: content } = JSON.parse(body.toString()) as { Content: Record<string, string> };
    const zip =
      content['ZipFile'] === undefined
        ? await this.#object(`${content['S3Bucket']}/${content['S3Key']}`)
        : Buffer.from(content['ZipFile'], 'base64');
    if (zip !== undefined) this.#contents.set(createHash('sha256').update(zip).digest('hex'), zip);
  }

  async #object(path: string): Promise<Buffer | undefined> {
    const authorization = 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, Signature=x';
    const response = await fetch(`${this.#target}/${path}`, { headers: { authorization } });
    return response.ok ? Buffer.from(await response.arrayBuffer()) : undefined;
  }

  #download({ names, headers }: Exchange): Answer {
    const content = this.#contents.get(names[0] ?? '');
    if (content === undefined) return { status: 404, headers: {}, body: Buffer.alloc(0) };
    const start = /^bytes=(\d+)-$/.exec(String(headers['range']))?.[1];
    const common = { etag: `"${names[0]}"`, 'accept-ranges': 'bytes', 'content-type': 'application/zip' };
    if (start === undefined) return { status: 200, headers: common, body: content };
    const range = `bytes ${start}-${content.length - 1}/${content.length}`;
    return {
      status: 206,
      headers: { ...common, 'content-range': range },
      body: content.subarray(Number(start)),
    };
  }

  async #checkStatement({ url, body, headers }: Exchange): Promise<Answer | undefined> {
    const { StatementId: id } = JSON.parse(body.toString()) as Record<string, string>;
    const { pathname, searchParams } = new URL(url, this.#target);
    const present = await this.#policy(pathname, headers);
    const refusal = staleRevision(searchParams.get('RevisionId'), present?.RevisionId);
    if (refusal !== undefined || present?.Policy.includes(`"Sid": "${id}"`) !== true) return refusal;
    return lambdaError(409, 'ResourceConflictException', `The statement id (${id}) provided already exists.`);
  }

  /** moto compares a revision here so that it never is the right one. */
  async #checkRemoval(exchange: Exchange): Promise<Answer | undefined> {
    const { pathname, searchParams } = new URL(exchange.url, this.#target);
    const present = await this.#policy(pathname.slice(0, pathname.lastIndexOf('/')), exchange.headers);
    exchange.url = pathname;
    return staleRevision(searchParams.get('RevisionId'), present?.RevisionId);
  }

  async #policy(
    path: string,
    headers: Exchange['headers'],
  ): Promise<Record<'Policy' | 'RevisionId', string> | undefined> {
    const response = await fetch(this.#target + path, {
      headers: { authorization: String(headers['authorization']) },
    });
    return response.ok ? ((await response.json()) as Record<'Policy' | 'RevisionId', string>) : undefined;
  }

  #checkUpdate(name: string, body: Buffer): Answer | undefined {
    const { RevisionId: revision, Layers: layers = [] } = JSON.parse(body.toString()) as {
      RevisionId?: string;
      Layers?: string[];
    };
    const key = name.slice(name.lastIndexOf(':') + 1);
    if ((this.#inProgress.get(key) ?? 0) > 0) {
      const message = `The operation cannot be performed at this time. An update is in progress for resource: ${name}`;
      return lambdaError(409, 'ResourceConflictException', message);
    }
    if (revision !== undefined && revision !== this.#revisions.get(key)) {
      const message =
        'The RevisionId provided does not match the latest RevisionId for the Lambda function or alias.';
      return lambdaError(412, 'PreconditionFailedException', message);
    }
    return brokenRule(layers);
  }
}

const changesBody = new Set([
  'GetFunctionConfiguration',
  'UpdateFunctionConfiguration',
  'GetLayerVersionPolicy',
  'AddLayerVersionPermission',
  'GetLayerVersion',
  'PublishLayerVersion',
]);

interface Statement {
  readonly Principal: unknown;
  readonly OrganizationId?: string;
}

/** moto keeps the request's fields. */
function awsPolicy(json: string): string {
  const policy = JSON.parse(json) as { Statement: Statement[] };
  return JSON.stringify({ ...policy, Statement: policy.Statement.map(awsStatement) });
}

function awsStatement({ OrganizationId: organization, ...rest }: Statement): unknown {
  const digits = /^\d{12}$/.test(String(rest.Principal)) ? String(rest.Principal) : undefined;
  const principal = digits === undefined ? rest.Principal : { AWS: `arn:aws:iam::${digits}:root` };
  const condition = { StringEquals: { 'aws:PrincipalOrgID': organization } };
  return { ...rest, Principal: principal, ...(organization === undefined ? {} : { Condition: condition }) };
}

/** Gives a version's content an address like a pre-signed one. */
function locate(data: Record<string, unknown>, endpoint: string): Record<string, unknown> {
  const content = data['Content'] as { CodeSha256: string };
  const hex = Buffer.from(content.CodeSha256, 'base64').toString('hex');
  const query =
    'X-Amz-Credential=AKIAPRESIGNED0000001&X-Amz-Security-Token=presigned-token&X-Amz-Signature=5f1c';
  return { ...data, Content: { ...content, Location: `${endpoint}/content/${hex}?${query}` } };
}

/** Other accounts' layers cannot be listed; moto finds no layer by its ARN. */
function ownLayerOnly(exchange: Exchange): Answer | undefined {
  const layer = exchange.names[0] ?? '';
  const owner = /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:(\d{12}):layer:(.+)$/.exec(layer);
  if (owner === null) return undefined;
  if (owner[1] !== account) {
    const message = `User: arn:aws:iam::${account}:user/tester is not authorized to perform: lambda:ListLayerVersions on resource: ${layer} because no resource-based policy allows the lambda:ListLayerVersions action`;
    return lambdaError(403, 'AccessDeniedException', message);
  }
  exchange.url = exchange.url.replace(encodeURIComponent(layer), owner[2] ?? '');
  return undefined;
}

function staleRevision(revision: string | null, present: string | undefined): Answer | undefined {
  if (revision === null || revision === present) return undefined;
  const message = 'The RevisionId provided does not match the latest RevisionId for the resource.';
  return lambdaError(412, 'PreconditionFailedException', message);
}

/** Lambda's own words for what it refuses. */
function brokenRule(layers: readonly string[]): Answer | undefined {
  const refuse = (message: string): Answer => lambdaError(400, 'InvalidParameterValueException', message);
  if (layers.length > 5) return refuse('Cannot reference more than 5 layers.');
  const seen = new Map<string, string>();
  for (const arn of layers) {
    const other = seen.get(layerArnOf(arn));
    if (other !== undefined) {
      return refuse(
        `Two different versions of the same layer are not allowed to be referenced in the same function. ${other} and ${arn} are versions of the same layer.`,
      );
    }
    seen.set(layerArnOf(arn), arn);
    if (parseLayerVersionArn(arn)?.account !== account) {
      const message = `User: arn:aws:iam::${account}:user/tester is not authorized to perform: lambda:GetLayerVersion on resource: ${arn}`;
      return lambdaError(403, 'AccessDeniedException', message);
    }
  }
  return undefined;
}

/** What a listing is of: moto keeps each region apart, which requests name in their signature only. */
function listingKey({ url, headers }: Exchange): string {
  const region = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(headers['authorization'] as string)?.[1] ?? '';
  return `${region} ${withoutPaging(url)}`;
}

function withoutPaging(url: string): string {
  const parsed = new URL(url, 'http://localhost');
  for (const name of ['Marker', 'MaxItems']) parsed.searchParams.delete(name);
  return parsed.pathname + parsed.search;
}
