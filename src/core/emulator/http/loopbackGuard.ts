import type { IncomingMessage } from 'node:http';

/** Host headers of programs on this computer; a web page that rebinds its own name to 127.0.0.1 sends another. */
const loopbackHost = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;

/** Where functions serve web pages of their own, which may post forms to where they came from. */
const pagePaths = /^\/lambda-url\//;

/** What a request is judged by. */
export type JudgedRequest = Pick<IncomingMessage, 'headersDistinct' | 'url'>;

/**
 * Why a request may not come from a program of the user, or from a page that the user opened, or `undefined` when it
 * may. A browser tells of every request that another site's page makes, by `Origin` or, where it sends none (an image,
 * a link), by `Sec-Fetch-Site`. Allowed is what is typed into its address bar, and what the page of a function asks of
 * its own address under `/lambda-url/`; even such a page does not reach the other endpoints with a `POST`.
 */
export function refusalReason(request: JudgedRequest): string | undefined {
  const { origin, host, 'sec-fetch-site': site } = request.headersDistinct;
  const [hostName = ''] = host ?? [];
  if (host?.length !== 1 || !loopbackHost.test(hostName)) return 'The Host header is not a loopback address.';
  const ownPage =
    pagePaths.test(request.url ?? '') && origin?.length === 1 && origin[0] === `http://${hostName}`;
  if (origin !== undefined && !ownPage) return 'Requests from web pages are not allowed.';
  if (site?.some((value) => value !== 'none' && value !== 'same-origin') === true) {
    return 'Requests from other web pages are not allowed.';
  }
  return undefined;
}
