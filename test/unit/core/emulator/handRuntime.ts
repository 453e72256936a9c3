import assert from 'node:assert/strict';
import type { OutgoingHttpHeaders } from 'node:http';
import { call, requestIdOf, type Reply } from './support.ts';

/** The runtime's side of the Runtime API, called by hand. */
export class HandRuntime {
  readonly #url: string;

  /** `url` is what `Emulators.start` calls `runtime`. */
  constructor(url: string) {
    this.#url = url;
  }

  next(signal?: AbortSignal): Promise<Reply> {
    return call(`${this.#url}/invocation/next`, signal === undefined ? {} : { signal });
  }

  /** Waits for the next event, which nobody may care about: the emulator may be stopped first. */
  park(): void {
    this.next().catch(() => undefined);
  }

  /** Takes an event and returns its id. */
  async take(): Promise<string> {
    const reply = await this.next();
    assert.equal(reply.status, 200, reply.body);
    return requestIdOf(reply);
  }

  respond(id: string, body: string | Buffer = '1', headers: OutgoingHttpHeaders = {}): Promise<Reply> {
    return call(`${this.#url}/invocation/${id}/response`, { method: 'POST', body, headers });
  }

  fail(id: string, errorType: string, body = '{"errorMessage":"no"}'): Promise<Reply> {
    const headers = { 'Lambda-Runtime-Function-Error-Type': errorType };
    return call(`${this.#url}/invocation/${id}/error`, { method: 'POST', body, headers });
  }

  initError(errorType: string, body = '{"errorMessage":"no"}'): Promise<Reply> {
    const headers = { 'Lambda-Runtime-Function-Error-Type': errorType };
    return call(`${this.#url}/init/error`, { method: 'POST', body, headers });
  }

  /** Takes an event, answers it, and waits for another one. */
  async serveOne(body: string | Buffer = '1'): Promise<void> {
    await this.respond(await this.take(), body);
    this.park();
  }
}
