import { delimiter } from 'node:path';

/** What of the caller's environment reaches the VS Code server: who and where one is, and where toolchains live. */
const kept = [
  'PATH',
  'USER',
  'LOGNAME',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'PYENV_ROOT',
  'RUSTUP_HOME',
  'CARGO_HOME',
  'GOROOT',
  'JAVA_HOME',
  'SystemRoot',
  'ComSpec',
];

/** Takes from code-server the addresses of the gallery and of its telemetry; port 9 answers to nobody. */
const offline = {
  EXTENSIONS_GALLERY: '{"serviceUrl":""}',
  CS_TELEMETRY_URL: 'http://127.0.0.1:9/',
};

/** What decides the environment of a test host. */
export interface HostEnvironment {
  /** The folder of the `node` that extensions and their children shall find. */
  readonly nodeFolder: string;
  /** Stands in for the home folder, so that nobody's AWS profile, npm or git configuration matters. */
  readonly home: string;
  readonly temp: string;
  readonly added?: Readonly<Record<string, string>> | undefined;
}

/** The environment of a test host: the same for every caller, except for the tools on the `PATH`. */
export function hostEnvironment(
  caller: NodeJS.ProcessEnv,
  { nodeFolder, home, temp, added = {} }: HostEnvironment,
): Record<string, string> {
  const base: Record<string, string> = {};
  for (const name of kept) {
    const value = caller[name];
    if (value !== undefined) base[name] = value;
  }
  const path = [nodeFolder, ...(base['PATH'] ?? '').split(delimiter).filter((each) => each !== '')];
  const shell = process.platform === 'win32' ? {} : { SHELL: '/bin/sh' };
  return {
    ...base,
    ...shell,
    ...offline,
    HOME: home,
    TMPDIR: temp,
    PATH: [...new Set(path)].join(delimiter),
    ...added,
  };
}

/** The caller's environment, without what an editor or npm that this was started from put there for themselves. */
export function personEnvironment(caller: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const foreign = /^(VSCODE_|ELECTRON_|npm_)|^(NODE_OPTIONS|INIT_CWD)$/;
  return Object.fromEntries(Object.entries(caller).filter(([name]) => !foreign.test(name)));
}
