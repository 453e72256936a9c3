import { basename } from 'node:path';
import { arch } from 'node:process';
import { isRecord } from '../base/json.ts';
import type { CognitoIdentity } from '../emulator/invocation.ts';
import { limits } from '../layer/limits.ts';
import { checkFunctionVariables } from '../run/environmentVariables.ts';
import { choice, flag, integer, invalid, text, texts, variables } from './attributes.ts';

/** A `lambda-runtime` launch configuration, variables substituted, defaults filled in, every attribute checked. */
export interface LaunchConfiguration {
  /** `attach` opens the emulator for a runtime that the user starts. */
  readonly request: 'launch' | 'attach';
  /** `undefined` only for `attach`. */
  readonly code: string | undefined;
  readonly layers: readonly string[];
  readonly handler: string;
  readonly runtime: (typeof runtimes)[number];
  readonly architecture: Architecture;
  readonly env: Readonly<Record<string, string>>;
  readonly envFile: string | undefined;
  readonly functionName: string;
  /** Megabytes. */
  readonly memorySize: number;
  /** Seconds. */
  readonly timeout: number;
  /** Seconds. */
  /** Absent for Lambda's own. */
  readonly initTimeout: number | undefined;
  /** JSON text of the event to send at the start. */
  readonly event: string | undefined;
  readonly eventFile: string | undefined;
  readonly isolation: (typeof isolations)[number];
  /** `auto`, `none`, or an attach configuration of some debugger. */
  readonly debugger: 'auto' | 'none' | AttachTemplate;
  /** Whether the programs in `/opt/extensions` run. */
  readonly extensions: boolean;
  /** Whether a change of code or layers restarts the execution environment. */
  readonly hotReload: boolean;
  /** Whether processes that use more than `memorySize` are ended. */
  readonly limitMemory: boolean;
  /** Whether streamed responses are as slow as on Lambda. */
  readonly limitBandwidth: boolean;
  /** 0 for any free port. */
  readonly runtimeApiPort: number;
  readonly invokePort: number;
  readonly clientContext: string | undefined;
  readonly cognitoIdentity: CognitoIdentity | undefined;
  readonly tenantId: string | undefined;
  readonly traceHeader: string | undefined;
}

/** A debug configuration with `${debugPort}` and `${pid}` still in it. */
export interface AttachTemplate {
  readonly type: string;
  readonly request: string;
  readonly [attribute: string]: unknown;
}

const runtimes = ['provided.al2023', 'provided.al2'] as const;
const architectures = ['x86_64', 'arm64'] as const;
const isolations = ['auto', 'namespace', 'directory'] as const;

export type Architecture = (typeof architectures)[number];

/** This machine's, by Lambda's name. */
export const hostArchitecture: Architecture = arch === 'arm64' ? 'arm64' : 'x86_64';

/** Seconds for an invocation by default: Lambda's, and the most there is for a runtime that is started by hand. */
const defaultTimeouts = { launch: 3, attach: 900 } as const;

/** How a function may be named (Lambda's CreateFunction). */
const functionNamePattern = /^[a-zA-Z0-9-_]{1,64}$/;

/**
 * Reads a launch configuration as it stands in launch.json, after variable substitution.
 * @throws UserError `ConfigurationInvalid` naming the attribute
 */
export function readLaunchConfiguration(raw: Readonly<Record<string, unknown>>): LaunchConfiguration {
  const request = choice(raw, 'request', ['launch', 'attach']) ?? 'launch';
  const code = text(raw, 'code');
  if (code === undefined && request === 'launch') {
    throw invalid('code', 'is missing', 'Set it to the folder or zip with the code of the function.');
  }
  const env = variables(raw, 'env');
  checkFunctionVariables(env);
  const configuration: LaunchConfiguration = {
    request,
    code,
    layers: texts(raw, 'layers'),
    handler: text(raw, 'handler') ?? 'function.handler',
    runtime: choice(raw, 'runtime', runtimes) ?? 'provided.al2023',
    architecture: choice(raw, 'architecture', architectures) ?? hostArchitecture,
    env,
    envFile: text(raw, 'envFile'),
    functionName: text(raw, 'functionName') ?? defaultFunctionName(code ?? 'function'),
    memorySize: integer(raw, 'memorySize', 128, 10_240) ?? 128,
    timeout: integer(raw, 'timeout', 1, 900) ?? defaultTimeouts[request],
    initTimeout: integer(raw, 'initTimeout', 1, 900),
    event: raw['event'] === undefined ? undefined : JSON.stringify(raw['event']),
    eventFile: text(raw, 'eventFile'),
    isolation: choice(raw, 'isolation', isolations) ?? 'auto',
    debugger: debuggerOf(raw),
    extensions: flag(raw, 'extensions') ?? true,
    hotReload: flag(raw, 'hotReload') ?? false,
    limitMemory: flag(raw, 'limitMemory') ?? false,
    limitBandwidth: flag(raw, 'limitBandwidth') ?? false,
    runtimeApiPort: integer(raw, 'runtimeApiPort', 0, 65_535) ?? 0,
    invokePort: integer(raw, 'invokePort', 0, 65_535) ?? 0,
    clientContext: clientContextOf(raw),
    cognitoIdentity: cognitoIdentityOf(raw),
    tenantId: text(raw, 'tenantId'),
    traceHeader: text(raw, 'traceHeader'),
  };
  checkTogether(configuration);
  return configuration;
}

function checkTogether({ layers, functionName, event, eventFile }: LaunchConfiguration): void {
  if (layers.length > limits.layersPerFunction) {
    throw invalid(
      'layers',
      `lists ${layers.length} layers; a function can have at most ${limits.layersPerFunction}`,
      'Merge some of them.',
    );
  }
  if (!functionNamePattern.test(functionName)) {
    throw invalid('functionName', `"${functionName}" is not a name that Lambda accepts`, nameHelp);
  }
  if (event !== undefined && eventFile !== undefined) {
    throw invalid('eventFile', 'stands beside "event"', 'Keep one of the two.');
  }
}

const nameHelp = 'Use up to 64 letters, digits, hyphens and underscores.';

/** The folder's name, with what Lambda does not accept replaced. */
function defaultFunctionName(code: string): string {
  const name = basename(code)
    .replace(/\.zip$/i, '')
    .replaceAll(/[^a-zA-Z0-9-_]/g, '-');
  return name.slice(0, 64) || 'function';
}

/** Lambda hands the client context on as JSON, and takes objects only. */
function clientContextOf(raw: Readonly<Record<string, unknown>>): string | undefined {
  const value = raw['clientContext'];
  if (value === undefined) return undefined;
  if (isRecord(value)) return JSON.stringify(value);
  throw invalid('clientContext', 'must be an object', 'Correct it or remove it.');
}

function cognitoIdentityOf(raw: Readonly<Record<string, unknown>>): CognitoIdentity | undefined {
  const value = raw['cognitoIdentity'];
  if (value === undefined) return undefined;
  const { identityId, identityPoolId } = isRecord(value) ? value : {};
  if (typeof identityId === 'string' && typeof identityPoolId === 'string')
    return { identityId, identityPoolId };
  throw invalid(
    'cognitoIdentity',
    'must be an object with the texts "identityId" and "identityPoolId"',
    'Correct it or remove it.',
  );
}

function debuggerOf(raw: Readonly<Record<string, unknown>>): LaunchConfiguration['debugger'] {
  const value = raw['debugger'] ?? 'auto';
  if (value === 'auto' || value === 'none') return value;
  if (isRecord(value) && typeof value['type'] === 'string') {
    return { request: 'attach', ...value, type: value['type'] };
  }
  throw invalid(
    'debugger',
    'is neither "auto", "none" nor a debug configuration with a "type"',
    'Correct it.',
  );
}
