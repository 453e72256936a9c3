import assert from 'node:assert/strict';
import type { OutgoingHttpHeaders } from 'node:http';
import { call, rootOf, type Reply } from './support.ts';

/** What `event/next` answers. */
export interface ExtensionEventBody {
  readonly eventType: 'INVOKE' | 'SHUTDOWN';
  readonly deadlineMs: number;
  readonly shutdownReason?: string;
  readonly requestId?: string;
  readonly invokedFunctionArn?: string;
  readonly tracing?: { readonly type: string; readonly value: string };
}

/** `POST register`; `runtime` is what `Emulators.start` calls so. */
export function register(
  runtime: string,
  name: string,
  events: readonly string[] = [],
  headers: OutgoingHttpHeaders = {},
): Promise<Reply> {
  return call(`${rootOf(runtime)}/2020-01-01/extension/register`, {
    method: 'POST',
    headers: { 'Lambda-Extension-Name': name, ...headers },
    body: JSON.stringify({ events }),
  });
}

/** An extension's side of the Extensions API, called by hand. */
export class HandExtension {
  readonly id: string;
  readonly #url: string;

  constructor(runtime: string, id: string) {
    this.#url = `${rootOf(runtime)}/2020-01-01/extension`;
    this.id = id;
  }

  /** Registers an extension, which has to work. */
  static async register(
    runtime: string,
    name: string,
    events: readonly string[] = [],
  ): Promise<HandExtension> {
    const { status, headers, body } = await register(runtime, name, events);
    assert.equal(status, 200, body);
    return new HandExtension(runtime, String(headers['lambda-extension-identifier']));
  }

  ask(signal?: AbortSignal): Promise<Reply> {
    const headers = { 'Lambda-Extension-Identifier': this.id };
    return call(`${this.#url}/event/next`, { headers, ...(signal === undefined ? {} : { signal }) });
  }

  /** The next event, which has to come. */
  async next(): Promise<ExtensionEventBody> {
    const { status, body } = await this.ask();
    assert.equal(status, 200, body);
    return JSON.parse(body) as ExtensionEventBody;
  }

  /** Waits for an event that nobody cares about. */
  park(): void {
    this.ask().catch(() => undefined);
  }

  report(kind: 'init' | 'exit', errorType = 'Extension.Broken'): Promise<Reply> {
    return call(`${this.#url}/${kind}/error`, {
      method: 'POST',
      headers: {
        'Lambda-Extension-Identifier': this.id,
        'Lambda-Extension-Function-Error-Type': errorType,
      },
      body: '{"errorMessage":"broken","errorType":"Broken","stackTrace":[]}',
    });
  }

  /** Subscribes to telemetry with everything sent to this port at once. */
  subscribe(port: number, types: readonly string[] = ['platform', 'function', 'extension']): Promise<Reply> {
    return call(`${new URL(this.#url).origin}/2022-07-01/telemetry`, {
      method: 'PUT',
      headers: { 'Lambda-Extension-Identifier': this.id },
      body: JSON.stringify({
        schemaVersion: '2022-12-13',
        types,
        buffering: { timeoutMs: 25 },
        destination: { protocol: 'HTTP', URI: `http://sandbox.localdomain:${port}/` },
      }),
    });
  }
}
