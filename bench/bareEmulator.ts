import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An event that waits for a runtime, or for its answer. */
interface Waiting {
  readonly event: Buffer;
  readonly answer: ServerResponse;
}

/**
 * The peer of the benchmark: the least that can be called an emulator. Two bare Node `http` servers, one queue, no
 * checks, no log, no limits, no deadlines.
 */
export class BareEmulator {
  readonly #queue: Waiting[] = [];
  readonly #running = new Map<string, Waiting>();
  readonly #runtime: Server;
  readonly #invoke: Server;
  #parked: ServerResponse | undefined;
  #ids = 0;

  constructor() {
    this.#runtime = createServer({ keepAliveTimeout: 0 }, (request, response) => {
      this.#serveRuntime(request, response);
    });
    this.#invoke = createServer({ keepAliveTimeout: 0 }, (request, answer) => {
      void collect(request).then((event) => {
        if (request.headers['x-amz-invocation-type'] === 'Event') answer.writeHead(202).end();
        this.#queue.push({ event, answer });
        this.#deliver();
      });
    });
  }

  async start(): Promise<{ runtimeApi: string; invokeUrl: string }> {
    return {
      runtimeApi: `127.0.0.1:${await listen(this.#runtime)}`,
      invokeUrl: `http://127.0.0.1:${await listen(this.#invoke)}`,
    };
  }

  stop(): void {
    for (const server of [this.#runtime, this.#invoke]) {
      server.close();
      server.closeAllConnections();
    }
  }

  #serveRuntime(request: IncomingMessage, response: ServerResponse): void {
    if (request.method === 'GET') {
      this.#parked = response;
      this.#deliver();
      return;
    }
    const id = (request.url ?? '').split('/')[4] ?? '';
    const waiting = this.#running.get(id);
    this.#running.delete(id);
    const answer = waiting?.answer.headersSent === false ? waiting.answer.writeHead(200) : undefined;
    if (answer !== undefined) request.pipe(answer);
    else request.resume();
    request.once('end', () => response.writeHead(202).end('{"status":"OK"}\n'));
  }

  #deliver(): void {
    const response = this.#parked;
    if (response === undefined) return;
    const waiting = this.#queue.shift();
    if (waiting === undefined) return;
    this.#parked = undefined;
    const id = `00000000-0000-4000-8000-${String(this.#ids++).padStart(12, '0')}`;
    this.#running.set(id, waiting);
    response
      .writeHead(200, {
        'Content-Type': 'application/json',
        'Content-Length': waiting.event.length,
        'Lambda-Runtime-Aws-Request-Id': id,
        'Lambda-Runtime-Deadline-Ms': String(Date.now() + 60_000),
        'Lambda-Runtime-Invoked-Function-Arn': 'arn:aws:lambda:us-east-1:123456789012:function:bench',
        'Lambda-Runtime-Trace-Id':
          'Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0',
      })
      .end(waiting.event);
  }
}

async function collect(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
