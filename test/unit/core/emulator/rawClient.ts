import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';

/** A TCP connection on which a test writes what no HTTP library would. */
export class RawClient {
  readonly socket: Socket;
  received = '';
  readonly #closed: Promise<unknown>;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (data) => (this.received += data.toString('latin1')));
    this.#closed = new Promise((resolve) => socket.once('close', resolve));
  }

  static async open(url: string): Promise<RawClient> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    const client = new RawClient(socket);
    await once(socket, 'connect');
    return client;
  }

  send(text: string | Buffer): void {
    this.socket.write(text);
  }

  /** One byte after the other, each in a packet of its own. */
  async sendSlowly(text: string): Promise<void> {
    this.socket.setNoDelay(true);
    for (const byte of Buffer.from(text)) {
      this.socket.write(Buffer.of(byte));
      await setImmediate();
    }
  }

  /** Waits for text in what the server answers. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.received)) {
      if (this.socket.readableEnded) throw new Error(`The connection ended after ${this.received}`);
      await Promise.race([once(this.socket, 'data'), once(this.socket, 'end')]);
    }
    return this.received;
  }

  /** Says that nothing more will come, and waits for the end. */
  async finish(): Promise<string> {
    this.socket.end();
    await this.#closed;
    return this.received;
  }

  /** Hangs up. */
  async destroy(): Promise<void> {
    this.socket.destroy();
    await this.#closed;
  }

  /** Waits for the server to hang up. */
  async closed(): Promise<string> {
    const ended = new Promise((resolve) => this.socket.once('end', resolve));
    if (!this.socket.readableEnded) await Promise.race([ended, this.#closed]);
    return this.finish();
  }
}

/** The head of a request, up to and including the empty line. */
export function head(request: string, ...headers: string[]): string {
  return [`${request} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');
}

/** How many TCP connections this process has open, at either end. */
export function openConnections(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'TCPSocketWrap').length;
}

/** Waits until there are no more connections than before. */
export async function connectionsGone(before: number): Promise<void> {
  while (openConnections() > before) await setImmediate();
}
