import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { lambdaError, MotoGaps, type Answer, type Exchange } from './motoGaps.ts';
import { operationOf } from './motoOperations.ts';

/** What goes wrong with a request. */
export type Fault =
  /** An error instead of moto's answer; nothing reaches moto. */
  | { readonly kind: 'error'; readonly status: number; readonly name: string; readonly message?: string }
  /** The connection ends before moto has seen the request. */
  | { readonly kind: 'reset' }
  /** The connection ends after so many bytes of the request's body; moto never sees it. */
  | { readonly kind: 'cutRequest'; readonly afterBytes: number }
  /** moto does what was asked; the answer is lost. */
  | { readonly kind: 'lose' }
  /** The connection ends after so many bytes of the answer's body. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** moto does what was asked; the answer waits for `release`. */
  | { readonly kind: 'hold' }
  /** Nothing reaches moto until `release`. */
  | { readonly kind: 'holdRequest' }
  /** Something else happens first. */
  | { readonly kind: 'first'; readonly run: () => Promise<void> }
  /** The answer is another one. */
  | { readonly kind: 'alter'; readonly alter: (answer: Answer) => Answer };

/** Makes an answer in JSON say something else; for `alter`. */
export function withFields(fields: object): (answer: Answer) => Answer {
  return (answer) => {
    const body = { ...(JSON.parse(answer.body.toString()) as object), ...fields };
    return { ...answer, body: Buffer.from(JSON.stringify(body)) };
  };
}

interface Rule {
  readonly operation: string;
  readonly fault: Fault;
  readonly token: string | undefined;
  skip: number;
  times: number;
}

/** Which requests of an operation go wrong: so many after so many good ones, or those with a session token. */
export interface FaultLimits {
  readonly times?: number;
  readonly skip?: number;
  readonly token?: string;
}

/** A server between the product and moto that does what moto lacks, and what goes wrong in real life. */
export interface FaultProxy {
  readonly endpoint: string;
  readonly gaps: MotoGaps;
  /** The operations that arrived whole, in order, faulty ones included. */
  readonly operations: string[];
  /** Lets requests of an operation go wrong: the next one, or `times` of them after `skip` good ones. */
  fault(operation: string, fault: Fault, limits?: FaultLimits): void;
  /** Resolves when so many requests of an operation have arrived, whole unless they are cut, since the last `clear`. */
  arrived(operation: string, count?: number): Promise<void>;
  count(operation: string): number;
  /** Lets held requests and answers go on. */
  release(): void;
  /** Forgets faults and what has arrived, and releases. */
  clear(): void;
  stop(): Promise<void>;
}

/** Starts it on a free port of 127.0.0.1, in front of the moto server at `target`. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const gaps = new MotoGaps(target);
  const operations: string[] = [];
  const rules: Rule[] = [];
  const waiting = new Set<() => void>();
  const held = new Set<() => void>();
  // Made when the request arrives, so that a release that comes before the waiting counts too.
  const gateOf = (fault: Fault | undefined): Promise<void> | undefined =>
    fault?.kind === 'hold' || fault?.kind === 'holdRequest'
      ? new Promise((resolve) => held.add(resolve))
      : undefined;
  let endpoint = '';

  const faultOf = (operation: string, headers: IncomingMessage['headers']): Fault | undefined => {
    const isMeant = ({ token }: Rule): boolean =>
      token === undefined || headers['x-amz-security-token'] === token;
    const rule = rules.find((each) => each.operation === operation && each.times > 0 && isMeant(each));
    if (rule === undefined) return undefined;
    if (rule.skip-- > 0) return undefined;
    rule.times--;
    return rule.fault;
  };

  const arrive = (operation: string): void => {
    operations.push(operation);
    for (const look of waiting) look();
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', url = '/', headers } = request;
    const { operation, names } = operationOf({ method, url, headers });
    const fault = faultOf(operation, headers);
    if (fault?.kind === 'cutRequest') {
      arrive(operation);
      await cutRequest(request, fault.afterBytes);
      return;
    }
    const body = await readBody(request);
    const gate = gateOf(fault);
    arrive(operation);
    if (fault?.kind === 'reset') {
      reset(request);
      return;
    }
    if (fault?.kind === 'first') await fault.run();
    if (fault?.kind === 'holdRequest') await gate;
    if (fault?.kind === 'error') {
      send(response, errorAnswer(headers, fault));
      return;
    }
    const exchange: Exchange = { operation, names, method, url, headers, body };
    const answer = await answerOf(gaps, exchange, target, endpoint);
    if (fault?.kind === 'hold') await gate;
    if (fault?.kind === 'lose') {
      reset(request);
      return;
    }
    if (fault?.kind === 'cut') {
      sendPart(response, answer, fault.afterBytes);
      return;
    }
    send(response, fault?.kind === 'alter' ? fault.alter(answer) : answer);
  };

  const server = createServer((request, response) => {
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    handle(request, response).catch((error: unknown) => {
      send(response, { status: 500, headers: {}, body: Buffer.from(String(error)) });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const count = (operation: string): number => operations.filter((each) => each === operation).length;
  const release = (): void => {
    for (const resolve of held) resolve();
    held.clear();
  };
  return {
    endpoint,
    gaps,
    operations,
    count,
    release,
    fault: (operation, fault, { times = 1, skip = 0, token } = {}) => {
      rules.push({ operation, fault, times, skip, token });
    },
    arrived: (operation, wanted = 1) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (count(operation) < wanted) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    clear: () => {
      rules.length = 0;
      operations.length = 0;
      release();
    },
    stop: async () => {
      release();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answerOf(
  gaps: MotoGaps,
  exchange: Exchange,
  target: string,
  endpoint: string,
): Promise<Answer> {
  const early = (await gaps.before(exchange)) ?? undefined;
  if (early !== undefined) return early;
  const answer = gaps.remembered(exchange) ?? (await forward(exchange, target));
  return gaps.after(exchange, answer, endpoint);
}

function forward({ method, url, headers, body }: Exchange, target: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { method, headers: { ...headers, connection: 'close' } };
    const outgoing = httpRequest(target + url, options, (incoming) => {
      readBody(incoming).then((answer) => {
        const { statusCode: status = 500, headers: answered } = incoming;
        resolve({ status, headers: withoutLength(answered), body: answer });
      }, reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function withoutLength(headers: IncomingMessage['headers']): Answer['headers'] {
  const kept = { ...headers };
  for (const name of ['content-length', 'transfer-encoding', 'connection']) {
    Reflect.deleteProperty(kept, name);
  }
  return kept;
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function cutRequest(request: IncomingMessage, afterBytes: number): Promise<void> {
  let seen = 0;
  for await (const chunk of request) {
    seen += (chunk as Buffer).length;
    if (seen >= afterBytes) break;
  }
  reset(request);
}

function reset(request: IncomingMessage): void {
  request.socket.resetAndDestroy();
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { ...headers, 'content-length': body.length });
  response.end(body);
}

function sendPart(response: ServerResponse, { status, headers, body }: Answer, afterBytes: number): void {
  response.writeHead(status, { ...headers, 'content-length': body.length });
  response.write(body.subarray(0, afterBytes), () => response.socket?.destroy());
}

function errorAnswer(
  headers: IncomingMessage['headers'],
  { status, name, message = name }: Extract<Fault, { kind: 'error' }>,
): Answer {
  const isS3 = String(headers.authorization).includes('/s3/');
  if (!isS3) return lambdaError(status, name, message);
  const xml = `<?xml version="1.0"?><Error><Code>${name}</Code><Message>${message}</Message></Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body: Buffer.from(xml) };
}
