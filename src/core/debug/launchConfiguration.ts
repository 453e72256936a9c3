import { basename } from 'node:path';
import { UserError } from '../base/errors.ts';
import { limits } from '../layer/limits.ts';
import { checkFunctionVariables } from '../run/environmentVariables.ts';

/** A `lambda-runtime` launch configuration, variables substituted, defaults filled in, every attribute checked. */
export interface LaunchConfiguration {
  readonly code: string;
  readonly layers: readonly string[];
  readonly handler: string;
  readonly runtime: (typeof runtimes)[number];
  readonly env: Readonly<Record<string, string>>;
  readonly envFile: string | undefined;
  readonly functionName: string;
  /** Megabytes. */
  readonly memorySize: number;
  /** Seconds. */
  readonly timeout: number;
  /** Seconds. */
  readonly initTimeout: number;
  /** JSON text of the event to send at the start. */
  readonly event: string | undefined;
  readonly eventFile: string | undefined;
  readonly isolation: (typeof isolations)[number];
  /** `auto`, `none`, or an attach configuration of some debugger. */
  readonly debugger: 'auto' | 'none' | AttachTemplate;
  /** 0 for any free port. */
  readonly runtimeApiPort: number;
  readonly invokePort: number;
  readonly clientContext: string | undefined;
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
const isolations = ['auto', 'namespace', 'directory'] as const;

/** How a function may be named (Lambda's CreateFunction). */
const functionNamePattern = /^[a-zA-Z0-9-_]{1,64}$/;

/**
 * Reads a launch configuration as it stands in launch.json, after variable substitution.
 * @throws UserError `ConfigurationInvalid` naming the attribute
 */
export function readLaunchConfiguration(raw: Readonly<Record<string, unknown>>): LaunchConfiguration {
  const code = text(raw, 'code');
  if (code === undefined) {
    throw invalid('code', 'is missing', 'Set it to the folder or zip with the code of the function.');
  }
  const env = variables(raw, 'env');
  checkFunctionVariables(env);
  const configuration: LaunchConfiguration = {
    code,
    layers: texts(raw, 'layers'),
    handler: text(raw, 'handler') ?? 'function.handler',
    runtime: choice(raw, 'runtime', runtimes) ?? 'provided.al2023',
    env,
    envFile: text(raw, 'envFile'),
    functionName: text(raw, 'functionName') ?? defaultFunctionName(code),
    memorySize: integer(raw, 'memorySize', 128, 10_240) ?? 128,
    timeout: integer(raw, 'timeout', 1, 900) ?? 3,
    initTimeout: integer(raw, 'initTimeout', 1, 900) ?? 10,
    event: raw['event'] === undefined ? undefined : JSON.stringify(raw['event']),
    eventFile: text(raw, 'eventFile'),
    isolation: choice(raw, 'isolation', isolations) ?? 'auto',
    debugger: debuggerOf(raw),
    runtimeApiPort: integer(raw, 'runtimeApiPort', 0, 65_535) ?? 0,
    invokePort: integer(raw, 'invokePort', 0, 65_535) ?? 0,
    clientContext: clientContextOf(raw),
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

function text(raw: Readonly<Record<string, unknown>>, attribute: string): string | undefined {
  const value = raw[attribute];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw invalid(attribute, 'must be a text that is not empty', 'Correct it or remove it.');
}

function texts(raw: Readonly<Record<string, unknown>>, attribute: string): string[] {
  const value = raw[attribute] ?? [];
  if (
    Array.isArray(value) &&
    value.every((item): item is string => typeof item === 'string' && item !== '')
  ) {
    return value;
  }
  throw invalid(attribute, 'must be a list of texts', 'List folders, zips or names of layers, in order.');
}

function integer(
  raw: Readonly<Record<string, unknown>>,
  attribute: string,
  least: number,
  most: number,
): number | undefined {
  const value = raw[attribute];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw invalid(attribute, `must be a whole number from ${least} to ${most}`, 'Correct it or remove it.');
}

function choice<T extends string>(
  raw: Readonly<Record<string, unknown>>,
  attribute: string,
  choices: readonly T[],
): T | undefined {
  const value = raw[attribute];
  if (value === undefined) return undefined;
  const known = choices.find((one) => one === value);
  if (known !== undefined) return known;
  throw invalid(attribute, `must be one of ${choices.join(', ')}`, 'Correct it or remove it.');
}

function variables(raw: Readonly<Record<string, unknown>>, attribute: string): Record<string, string> {
  const value = raw[attribute] ?? {};
  if (!isRecord(value)) throw invalid(attribute, 'must be an object of texts', 'Correct it or remove it.');
  return Object.fromEntries(
    Object.entries(value).map(([name, content]) => {
      if (typeof content === 'string') return [name, content];
      if (typeof content === 'number' || typeof content === 'boolean') return [name, String(content)];
      throw invalid(attribute, `has no text for ${name}`, 'Environment variables are texts.');
    }),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(attribute: string, fact: string, help: string): UserError {
  return new UserError('ConfigurationInvalid', `"${attribute}" in the launch configuration ${fact}.`, help);
}
