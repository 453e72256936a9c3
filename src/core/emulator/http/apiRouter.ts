import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request and where its answer goes. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What the first group of the route's path matched; empty when it has none. */
  readonly parameter: string;
}

/** One endpoint of an API. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Matches the whole path, without the query. */
  readonly path: RegExp;
  readonly handle: (exchange: Exchange) => Promise<void> | void;
}

/** Whether one of the routes has the path of a request, whatever its method. */
export function isKnown(routes: readonly Route[], request: IncomingMessage): boolean {
  const path = pathOf(request);
  return routes.some((each) => each.path.test(path));
}

/**
 * Answers a request by the route that fits. Like Go's router, which the official emulator uses: 405 with no body for
 * a known path and another method, 404 in plain text for the rest.
 */
export async function route(
  routes: readonly Route[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = pathOf(request);
  for (const { handle, method, path: pattern } of routes) {
    const match = pattern.exec(path);
    if (match === null) continue;
    if (method !== request.method) continue;
    await handle({ request, response, parameter: match[1] ?? '' });
    return;
  }
  if (isKnown(routes, request)) {
    response.writeHead(405).end();
  } else {
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('404 page not found\n');
  }
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '';
}
