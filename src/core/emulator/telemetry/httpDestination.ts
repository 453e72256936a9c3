import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';
import type { TelemetryDestination } from './delivery.ts';
import type { HttpDestinationSettings } from './subscription.ts';

/** An answer is of no interest; one that is longer than this many bytes is not read to its end. */
const maxAnswerBytes = 64 * 1024;

/**
 * Sends batches as JSON arrays over one kept connection. The host that the extension named, which only exists inside
 * an execution environment, is dialled as 127.0.0.1 and goes into the Host header.
 */
export class HttpDestination implements TelemetryDestination {
  readonly #settings: HttpDestinationSettings;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #closing = new AbortController();

  constructor(settings: HttpDestinationSettings) {
    this.#settings = settings;
  }

  /** Rejects for statuses from 400, as the official emulator does. */
  async send(events: readonly string[]): Promise<void> {
    const { host, port, path, method } = this.#settings;
    const body = Buffer.from(`[${events.join(',')}]`);
    const headers = {
      Host: `${host}:${port}`,
      'Content-Type': 'application/json',
      'Content-Length': body.length,
    };
    const { signal } = this.#closing;
    const outgoing = request({ agent: this.#agent, host: '127.0.0.1', port, path, method, headers, signal });
    const answered = acknowledged(outgoing);
    outgoing.end(body);
    const status = await answered;
    if (status >= 400) throw new Error(`the subscriber answered with status ${status}`);
  }

  close(): void {
    this.#closing.abort(); // also ends a request that the agent has no connection for yet
    this.#agent.destroy();
  }
}

/** The status of the answer, once the connection is free again. */
function acknowledged(outgoing: ClientRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    let status: number | undefined;
    outgoing.on('response', (answer: IncomingMessage) => {
      status = answer.statusCode;
      let size = 0;
      answer.on('error', () => undefined); // it has been taken, whatever becomes of the rest of the answer
      answer.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxAnswerBytes) answer.destroy();
      });
    });
    outgoing.on('error', reject);
    outgoing.on('close', () => {
      if (status === undefined) reject(new Error('the subscriber did not answer'));
      else resolve(status);
    });
  });
}
