import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** What a function or an extension says when it comes to the meeting point. */
export interface Message {
  readonly what: string;
  readonly [fact: string]: unknown;
}

/** Somebody who came and waits, unless let through. */
export interface Arrival {
  readonly message: Message;
  /** Lets them go on. */
  leave(): void;
}

/**
 * A place on loopback where functions and extensions tell what they do and wait until the test lets them go on, so
 * that a test knows what happens before what without looking at a clock.
 */
export class MeetingPoint {
  /** Everybody who came so far, in order. */
  readonly arrivals: Arrival[] = [];
  /** `host:port`. */
  readonly address: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #letThrough: ReadonlySet<string>;
  readonly #met = new Set<Arrival>();
  readonly #waiting = new Set<() => void>();

  private constructor(server: Server, letThrough: readonly string[]) {
    this.#server = server;
    this.#letThrough = new Set(letThrough);
    this.address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('connection', (socket) => this.#accept(socket));
  }

  /** Those who say one of the given words need not wait. */
  static open(letThrough: readonly string[]): Promise<MeetingPoint> {
    const server = createServer();
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => resolve(new MeetingPoint(server, letThrough)));
    });
  }

  /** The next one who says so and has not been met before; the test's own timeout is the limit. */
  next(what: string, wanted: (message: Message) => boolean = () => true): Promise<Arrival> {
    return new Promise((resolve) => {
      const look = (): void => {
        const arrival = this.arrivals.find(
          (each) => each.message.what === what && !this.#met.has(each) && wanted(each.message),
        );
        if (arrival === undefined) return;
        this.#met.add(arrival);
        this.#waiting.delete(look);
        resolve(arrival);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** What was said so far, in order. */
  said(): string[] {
    return this.arrivals.map(({ message }) => message.what);
  }

  /** Lets everybody go and admits nobody any more. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined); // somebody was killed while waiting
    socket.on('close', () => this.#sockets.delete(socket));
    createInterface({ input: socket }).once('line', (line) => {
      const message = JSON.parse(line) as Message;
      const arrival = { message, leave: () => void socket.end() };
      if (this.#letThrough.has(message.what)) arrival.leave();
      this.arrivals.push(arrival);
      for (const look of [...this.#waiting]) look();
    });
  }
}
