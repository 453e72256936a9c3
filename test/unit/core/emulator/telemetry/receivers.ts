import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
  type Socket,
} from 'node:net';
import { createInterface } from 'node:readline';
import { toDisposable } from '../../../../../src/core/base/disposable.ts';
import { systemTime, type TimeSource } from '../../../../../src/core/emulator/clock.ts';
import type { TelemetryEvent } from '../../../../../src/core/emulator/telemetry/telemetryEvent.ts';

/** Time in which every wait is over at the next turn of the event loop. */
export const hurriedTime: TimeSource = {
  ...systemTime,
  schedule: (_ms, callback) => {
    const immediate = setImmediate(callback);
    return toDisposable(() => {
      clearImmediate(immediate);
    });
  },
};

/** Collects values and waits until they are as wanted. */
export class Inbox<T> {
  readonly values: T[] = [];
  readonly #checks = new Set<() => void>();

  add(...values: readonly T[]): void {
    this.values.push(...values);
    for (const check of [...this.#checks]) check();
  }

  until(wanted: (values: readonly T[]) => boolean): Promise<readonly T[]> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!wanted(this.values)) return;
        this.#checks.delete(check);
        resolve(this.values);
      };
      this.#checks.add(check);
      check();
    });
  }
}

/** One delivery as an extension sees it. */
export interface Batch {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly events: readonly TelemetryEvent[];
}

/** An extension's HTTP listener. */
export class HttpReceiver {
  readonly batches = new Inbox<Batch>();
  readonly events = new Inbox<TelemetryEvent>();
  readonly connections = new Inbox<'opened' | 'closed'>();
  /** What it does with each request, once that is read. */
  answer: (response: ServerResponse) => void = (response) => response.end();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#take(request, response));
    this.#server.on('connection', (socket: Socket) => {
      this.connections.add('opened');
      socket.once('close', () => {
        this.connections.add('closed');
      });
    });
  }

  static async start(port = 0): Promise<HttpReceiver> {
    const receiver = new HttpReceiver();
    receiver.#server.listen(port, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const events = JSON.parse(Buffer.concat(chunks).toString()) as TelemetryEvent[];
    this.answer(response);
    const { method, url, headers } = request;
    this.batches.add({ method, url, headers, events });
    this.events.add(...events);
  }
}

/** An extension's TCP listener. */
export class TcpReceiver {
  readonly events = new Inbox<TelemetryEvent>();
  readonly sockets = new Inbox<Socket>();
  readonly closed = new Inbox<Socket>();
  readonly #server: TcpServer;

  private constructor(reading: 'reads' | 'reads when told') {
    this.#server = createTcpServer({ pauseOnConnect: true }, (socket) => {
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.closed.add(socket);
      });
      if (reading === 'reads') this.read(socket);
      this.sockets.add(socket);
    });
  }

  static async start(reading: 'reads' | 'reads when told' = 'reads'): Promise<TcpReceiver> {
    const receiver = new TcpReceiver(reading);
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  read(socket: Socket): void {
    createInterface({ input: socket }).on('line', (line) => {
      this.events.add(JSON.parse(line) as TelemetryEvent);
    });
    socket.resume();
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const socket of this.sockets.values) socket.destroy();
    await once(this.#server, 'close');
  }
}
