import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { node24, nodeFolder, root } from '../../scripts/lib/prepare.mjs';
import { endWithThisProcess } from '../../scripts/lib/step.mjs';
import { hostEnvironment, personEnvironment } from './environment.ts';
import { commandAs, giveFolder, type OrdinaryUser, pythonFolder } from './ordinaryUser.ts';
import { cacheFolder, serverEntry } from './serverLocation.ts';
import { quietSettings } from './settings.ts';
import { workbenchUrl, type WorkbenchRequest } from './workbenchUrl.ts';

/** How a VS Code server is started. */
export interface ServerHostOptions {
  /** Added to the environment of the server, and so of its extensions. */
  readonly env?: Readonly<Record<string, string>>;
  /** `private`: a home folder and an environment of its own; `inherited`: those of the caller. */
  readonly environment?: 'private' | 'inherited';
  /** The roots of extensions under development, which every workbench has as if they were installed. */
  readonly extensions?: readonly string[];
  /** `on` makes the server run tests inside VS Code, which hides notifications. */
  readonly testDriver?: 'on' | 'off';
  /** User settings on top of the quiet ones. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Whether every folder is trusted, or the person is asked. */
  readonly workspaceTrust?: 'disabled' | 'asked';
  /** Somebody else as whom the server runs, which takes root. */
  readonly user?: OrdinaryUser;
  /** Words in front of the command that starts the server: a tool that changes what it is allowed to do. */
  readonly through?: readonly string[];
}

/** A running VS Code server with everything that belongs to it. */
export interface ServerHost {
  /** A private folder for whatever a test wants to be gone afterwards; removed by `stop`. */
  readonly folder: string;
  readonly port: number;
  /** The server's home folder, settings and extensions live here. */
  readonly dataFolder: string;
  /** The address of a workbench; contains the server's access token. */
  url(request: WorkbenchRequest): string;
  /** Everything that the server has printed so far. */
  output(): string;
  /** Installs an extension from a file; a workbench opened afterwards has it. Throws an `Error` with the reason. */
  installVsix(file: string): Promise<void>;
  /** Resolves with the server's output when it has ended on its own account. */
  readonly ended: Promise<void>;
  /** Stops the server and every process it started and removes its folder. May be called again. */
  stop(): Promise<void>;
}

const supervisor = fileURLToPath(new URL('./supervisor.mjs', import.meta.url));
const startLimit = 60_000;

/**
 * Starts the VS Code server on a free port of 127.0.0.1 and resolves when it accepts connections. The server ends
 * with this process, however that ends. Throws an `Error` when it is not installed or does not start.
 */
export async function startServerHost(options: ServerHostOptions = {}): Promise<ServerHost> {
  const entry = serverEntry(root);
  const folder = await mkdtemp(join(shortTemp(), 'lambda-layers-'));
  const dataFolder = join(folder, 'server');
  const token = randomBytes(16).toString('hex');
  const env = await prepareFolder({ folder, dataFolder, token, options });
  const args = serverArguments(dataFolder, join(folder, 'token'), options);
  const through = await tools(folder, options);
  const server = superviseServer(folder, [...through, node24, entry, ...args], env);
  const port = await server.listening.catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  return {
    folder,
    dataFolder,
    port,
    url: (request) => workbenchUrl({ port, token }, request),
    output: server.output,
    ended: server.ended,
    installVsix: (file) => installVsix(file, { entry, dataFolder, env }),
    stop: server.stop,
  };
}

/** What the server is started by: another user gets the folder, and is led to what this project needs. */
async function tools(folder: string, { user, through = [] }: ServerHostOptions): Promise<readonly string[]> {
  if (user === undefined) return through;
  const stash = join(folder, 'stash');
  await mkdir(stash);
  await giveFolder(folder, user);
  return [...commandAs(user, stash, [root, cacheFolder(), pythonFolder()]), ...through];
}

/** VS Code makes sockets in the temporary folder, whose paths may not be longer than about 100 characters. */
function shortTemp(): string {
  return tmpdir().length > 20 && process.platform !== 'win32' ? '/tmp' : tmpdir();
}

async function prepareFolder(host: {
  readonly folder: string;
  readonly dataFolder: string;
  readonly token: string;
  readonly options: ServerHostOptions;
}): Promise<NodeJS.ProcessEnv> {
  const { folder, dataFolder, token, options } = host;
  const [home, temp] = [join(folder, 'home'), join(folder, 'tmp')];
  const userFolder = join(dataFolder, 'data', 'User');
  for (const each of [home, temp, userFolder]) await mkdir(each, { recursive: true });
  const settings = { ...quietSettings, ...options.settings };
  await writeFile(join(userFolder, 'settings.json'), JSON.stringify(settings, null, 2));
  await writeFile(join(folder, 'token'), token, { mode: 0o600 });
  for (const each of options.extensions ?? []) await linkExtension(each, join(dataFolder, 'extensions'));
  if (options.environment === 'inherited') return { ...personEnvironment(process.env), ...options.env };
  return hostEnvironment(process.env, { nodeFolder, home, temp, added: options.env });
}

/** Makes a folder look like an installed extension; a reload of the window takes up what was built meanwhile. */
async function linkExtension(extension: string, extensionsFolder: string): Promise<void> {
  const manifest = JSON.parse(await readFile(join(extension, 'package.json'), 'utf8')) as Record<
    string,
    string
  >;
  const { publisher, name, version } = manifest;
  await mkdir(extensionsFolder, { recursive: true });
  await symlink(extension, join(extensionsFolder, `${publisher}.${name}-${version}`), 'junction');
}

function serverArguments(dataFolder: string, tokenFile: string, options: ServerHostOptions): string[] {
  const { testDriver = 'off', workspaceTrust = 'disabled' } = options;
  return [
    ...['--host', '127.0.0.1', '--port', '0', '--connection-token-file', tokenFile],
    ...['--server-data-dir', dataFolder, '--accept-server-license-terms', '--telemetry-level', 'off'],
    // A login shell would put the system's PATH back.
    '--force-disable-user-env',
    // Only with it the server knows of tests to run; but it shows no notification then.
    ...(testDriver === 'on' ? ['--enable-smoke-test-driver'] : []),
    ...(workspaceTrust === 'disabled' ? ['--disable-workspace-trust'] : []),
  ];
}

/** Starts the supervisor of a command, whose standard input is what keeps the server alive. */
function superviseServer(folder: string, command: readonly string[], env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [supervisor, folder, ...command], {
    cwd: folder,
    env,
    detached: true, // a Ctrl-C in the terminal is for the caller
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  const output = (): string => Buffer.concat(chunks).toString();
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stdin.on('error', () => undefined); // the supervisor has ended
  const ended = once(child, 'close').then(() => undefined);
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };
  return { output, ended, stop, listening: listeningPort(child, output) };
}

/** The port that the server reports when it is ready. */
function listeningPort(child: ChildProcess, output: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => reject(new Error(`The VS Code server ${what}:\n${output()}`));
    const timer = setTimeout(() => fail(`was not ready after ${startLimit / 1000} s`), startLimit);
    const look = (): void => {
      const port = /Extension host agent listening on (\d+)/.exec(output())?.[1];
      if (port === undefined || !output().includes('Extension host agent started')) return;
      clearTimeout(timer);
      child.stdout?.off('data', look);
      resolve(Number(port));
    };
    child.stdout?.on('data', look);
    child.once('close', () => {
      clearTimeout(timer);
      fail('ended at its start');
    });
  });
}

async function installVsix(
  file: string,
  server: { readonly entry: string; readonly dataFolder: string; readonly env: NodeJS.ProcessEnv },
): Promise<void> {
  const args = [server.entry, '--server-data-dir', server.dataFolder, '--accept-server-license-terms'];
  const child = spawn(node24, [...args, '--install-extension', file], { env: server.env, detached: true });
  const release = endWithThisProcess(child);
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  release();
  const output = Buffer.concat(chunks).toString();
  if (code !== 0 || !output.includes('successfully installed')) {
    throw new Error(`${file} could not be installed:\n${output}`);
  }
}
