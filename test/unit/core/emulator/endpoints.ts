/** One endpoint, by an example of its path. */
export interface Endpoint {
  readonly method: string;
  readonly path: string;
}

/** Those inside an execution environment, and one that does not exist. */
export const inside: readonly Endpoint[] = [
  { method: 'GET', path: '/2018-06-01/ping' },
  { method: 'GET', path: '/2018-06-01/runtime/invocation/next' },
  { method: 'POST', path: '/2018-06-01/runtime/invocation/ID/response' },
  { method: 'POST', path: '/2018-06-01/runtime/invocation/ID/error' },
  { method: 'POST', path: '/2018-06-01/runtime/init/error' },
  { method: 'POST', path: '/2020-01-01/extension/register' },
  { method: 'GET', path: '/2020-01-01/extension/event/next' },
  { method: 'POST', path: '/2020-01-01/extension/init/error' },
  { method: 'POST', path: '/2020-01-01/extension/exit/error' },
  { method: 'PUT', path: '/2022-07-01/telemetry' },
  { method: 'PUT', path: '/2020-08-15/logs' },
  { method: 'GET', path: '/2026-01-15/metadata/execution-environment' },
  { method: 'GET', path: '/nowhere' },
];
