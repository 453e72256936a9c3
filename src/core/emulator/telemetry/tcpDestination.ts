import { connect, type Socket } from 'node:net';
import type { TelemetryDestination } from './delivery.ts';
import type { TcpDestinationSettings } from './subscription.ts';

/**
 * Sends events as lines of JSON over one connection, which is opened when first needed and again after it broke. TCP
 * does not tell whether the subscriber has read what the operating system took (Logs API reference).
 */
export class TcpDestination implements TelemetryDestination {
  readonly #port: number;
  #socket: Socket | undefined;

  constructor({ port }: TcpDestinationSettings) {
    this.#port = port;
  }

  async send(events: readonly string[]): Promise<void> {
    await written(this.#open(), `${events.join('\n')}\n`);
  }

  close(): void {
    this.#socket?.destroy();
  }

  #open(): Socket {
    if (this.#socket?.writable === true) return this.#socket;
    this.#socket?.destroy();
    const socket = connect({ host: '127.0.0.1', port: this.#port, noDelay: true });
    socket.on('error', () => undefined); // told to whoever writes
    socket.resume(); // a subscriber has nothing to say, but must not get stuck when it does
    this.#socket = socket;
    return socket;
  }
}

function written(socket: Socket, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const closed = (): void => {
      reject(new Error('the subscriber closed the connection'));
    };
    const failed = (error: Error): void => {
      reject(error);
    };
    socket.once('error', failed);
    socket.once('close', closed);
    socket.write(text, (error) => {
      socket.off('error', failed);
      socket.off('close', closed);
      if (error) reject(error);
      else resolve();
    });
  });
}
