import type { IncomingMessage } from 'node:http';

/** Host headers of programs on this computer; a web page that rebinds its own name to 127.0.0.1 sends another. */
const loopbackHost = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;

/** Why a request may not come from a program of the user, or `undefined` when it may. */
export function refusalReason(request: Pick<IncomingMessage, 'headersDistinct'>): string | undefined {
  const { origin, host } = request.headersDistinct;
  if (origin !== undefined) return 'Requests from web pages are not allowed.';
  if (host?.length !== 1 || !loopbackHost.test(host[0] ?? ''))
    return 'The Host header is not a loopback address.';
  return undefined;
}
