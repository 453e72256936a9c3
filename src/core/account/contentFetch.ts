import { UserError } from '../base/errors.ts';
import type { Secret } from './secret.ts';

/** Bytes from somewhere in a file on. */
export interface ContentPart {
  /** Where the bytes begin: what was asked for, or 0 from a server that cannot begin elsewhere. */
  readonly start: number;
  readonly body: AsyncIterable<Uint8Array>;
}

/** Why a part could not be had: `expired` wants a new address, `passing` another attempt. */
export class FetchFailure extends Error {
  override readonly name = 'FetchFailure';
  readonly kind: 'expired' | 'passing' | 'final';

  constructor(kind: FetchFailure['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/**
 * Asks for a file from `start` on. Failures are `FetchFailure`s whose words do not contain the address; a cancelled
 * call rejects with the signal's reason.
 */
export async function fetchContent(
  url: Secret,
  start: number,
  etag: string | undefined,
  signal: AbortSignal,
): Promise<ContentPart & { readonly etag: string | undefined }> {
  const range: Record<string, string> = start === 0 ? {} : { range: `bytes=${start}-` };
  const guard: Record<string, string> = start > 0 && etag !== undefined ? { 'if-range': etag } : {};
  let response: Response;
  try {
    response = await fetch(url.reveal(), {
      headers: { ...range, ...guard, 'accept-encoding': 'identity' },
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw new FetchFailure('passing', networkFact(error));
  }
  const { status, headers, body } = response;
  if (body === null || (status !== 200 && status !== 206)) {
    await body?.cancel();
    throw statusFailure(status);
  }
  const begun = status === 206 ? Number(/^bytes (\d+)-/.exec(headers.get('content-range') ?? '')?.[1]) : 0;
  if (begun !== start && begun !== 0) {
    await body.cancel();
    throw new FetchFailure('passing', 'the server sent another part than the one asked for');
  }
  return { start: begun, body: guarded(body, signal), etag: headers.get('etag') ?? undefined };
}

async function* guarded(
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* body;
  } catch (error) {
    signal.throwIfAborted();
    throw new FetchFailure('passing', networkFact(error));
  }
}

function statusFailure(status: number): FetchFailure {
  // S3 answers 403 when the ten minutes of the address are over, and 400 when the token in it has expired.
  if (status === 403 || status === 400) return new FetchFailure('expired', `the server answered ${status}`);
  const isPassing = status >= 500 || status === 429 || status === 416;
  return new FetchFailure(isPassing ? 'passing' : 'final', `the server answered ${status}`);
}

/** The system's code alone: messages of `fetch` may contain the address. */
function networkFact(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : 'the connection was cut';
}

/** What is told when the attempts are used up. */
export function downloadFailed(name: string, fact: string): UserError {
  return new UserError(
    'NetworkFailed',
    `The download of ${name} failed: ${fact}.`,
    'Check the network and try again; nothing was kept of it.',
  );
}
