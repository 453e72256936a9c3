import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { describeError, systemErrorCode, UserError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { refusalReason } from './loopbackGuard.ts';

/** The beginning of a whole address in place of a path, which every server has to take (RFC 9112, 3.2.2). */
const wholeAddress = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?(?=\/)/i;

/** What a loopback server serves. */
export interface LoopbackService {
  /** Names the service in messages. */
  readonly name: string;
  /** Answers one request; a rejection is answered by `internalError`. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  internalError(response: ServerResponse): void;
  /** The JSON body of the 400 for a request that ends in its middle. */
  readonly truncatedBody: string;
}

/**
 * Room for an X-Ray cause header, of which Lambda keeps 64 KiB; as much as Go's server, which the official emulator
 * uses, takes.
 */
const maxHeaderBytes = 1024 * 1024;

/** The query, and of a function URL the path below the function, which may be secret. */
const payloadOfUrl = /^(\/lambda-url\/[^/?]*\/?)[^]+$|\?[^]*$/;

/**
 * An HTTP server for programs of this computer. It never ends a connection for being silent, since a debugger may
 * hold a client for hours, and answers 403 to whatever may come from a web page, before anything else.
 */
export class LoopbackServer {
  readonly #service: LoopbackService;
  readonly #logger: Logger;
  readonly #traceCalls: boolean;
  readonly #server: Server;

  /** `traceCalls` is whether every call is noted in the log. */
  constructor(service: LoopbackService, logger: Logger, { traceCalls = false } = {}) {
    this.#service = service;
    this.#logger = logger;
    this.#traceCalls = traceCalls;
    this.#server = createServer({
      requestTimeout: 0,
      headersTimeout: 0,
      keepAliveTimeout: 0,
      maxHeaderSize: maxHeaderBytes,
      requireHostHeader: false, // the guard answers instead
    });
    this.#server.timeout = 0;
    this.#server.on('request', (request, response) => void this.#serve(request, response));
    this.#server.on('checkContinue', (request, response) => void this.#serveExpecting(request, response));
    this.#server.on('clientError', (error: Error, socket) => {
      this.#clientError(error, socket);
    });
  }

  /** Listens on 127.0.0.1, on any free port for 0, and returns the port. Throws `UserError('PortInUse')`. */
  async listen(port: number): Promise<number> {
    try {
      await new Promise<void>((resolve, reject) => {
        this.#server.once('error', reject);
        this.#server.listen({ host: '127.0.0.1', port, exclusive: true }, resolve);
      });
    } catch (error) {
      throw listenError(this.#service.name, port, error);
    }
    return (this.#server.address() as AddressInfo).port;
  }

  /** Breaks all connections; new ones are welcome. */
  closeConnections(): void {
    this.#server.closeAllConnections();
  }

  /** Stops listening and breaks all connections. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    this.#server.closeAllConnections();
    await closed;
  }

  async #serveExpecting(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (refusalReason(request) === undefined) response.writeContinue();
    await this.#serve(request, response);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.url = (request.url ?? '').replace(wholeAddress, '');
    const reason = refusalReason(request);
    if (reason !== undefined) {
      this.#logger.warn(`${this.#service.name}: refused a request. ${reason}`);
      response.writeHead(403, { 'Content-Type': 'text/plain', Connection: 'close' }).end(`${reason}\n`);
      return;
    }
    if (this.#traceCalls) this.#trace(request, response);
    try {
      await this.#service.handle(request, response);
    } catch (error) {
      this.#logger.error(`${this.#service.name}: ${describeError(error)}`);
      if (response.headersSent) response.destroy();
      else this.#service.internalError(response);
    }
  }

  /** Notes how a call was answered: method, path and status, never what becomes part of an event. */
  #trace({ method = '', url = '' }: IncomingMessage, response: ServerResponse): void {
    const path = url.replace(payloadOfUrl, '$1…');
    response.once('close', () => {
      const outcome = response.writableFinished ? String(response.statusCode) : 'broken off';
      this.#logger.info(`${this.#service.name}: ${method} ${path} → ${outcome}`);
    });
  }

  #clientError(error: Error, socket: Duplex): void {
    const code = systemErrorCode(error);
    if (!socket.writable || code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    // Sent by a client that closed its half of the connection before the end of its request, or is no HTTP client.
    const body = code === 'HPE_INVALID_EOF_STATE' ? this.#service.truncatedBody : '';
    const status = code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
    const head = `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}`;
    socket.end(`${head}\r\nConnection: close\r\n\r\n${body}`);
  }
}

function listenError(name: string, port: number, cause: unknown): Error {
  const help = 'Choose another port, or 0 for any free one.';
  if (systemErrorCode(cause) === 'EADDRINUSE') {
    return new UserError('PortInUse', `Port ${port} for the ${name} is in use.`, help, { cause });
  }
  const message = `The ${name} cannot listen on port ${port}: ${describeError(cause)}.`;
  return new UserError('ConfigurationInvalid', message, help, { cause });
}
