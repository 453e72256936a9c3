/** What a workbench shall open. Paths are absolute. */
export interface WorkbenchRequest {
  /** The workspace folder. */
  readonly folder: string;
  /** Tests to run instead of waiting for a person; only a server with `testDriver` knows them. */
  readonly tests?: {
    /** The root of the extension under development. */
    readonly extension: string;
    /** The module whose `run()` is called in the extension host. */
    readonly module: string;
  };
}

/** The address at which a VS Code server opens a workbench. */
export function workbenchUrl(
  server: { readonly port: number; readonly token: string },
  { folder, tests }: WorkbenchRequest,
): string {
  const remote = (path: string): string => `vscode-remote://127.0.0.1:${server.port}${path}`;
  const payload = [['skipWelcome', 'true']];
  if (tests !== undefined) {
    payload.push(['extensionDevelopmentPath', remote(tests.extension)]);
    payload.push(['extensionTestsPath', remote(tests.module)]);
  }
  const query = new URLSearchParams({ tkn: server.token, folder, payload: JSON.stringify(payload) });
  return `http://127.0.0.1:${server.port}/?${query.toString()}`;
}
