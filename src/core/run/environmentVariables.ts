import { randomBytes } from 'node:crypto';
import { UserError } from '../base/errors.ts';
import { limits } from '../layer/limits.ts';

/** What a function's process learns about itself. */
export interface FunctionIdentity {
  readonly functionName: string;
  readonly handler: string;
  readonly memorySizeMb: number;
  readonly region: string;
  /** `on-demand` unless the function takes several invocations at a time. */
  readonly initializationType: string;
}

/** Where the APIs of an execution environment are. */
export interface ApiAccess {
  /** `host:port`. */
  readonly runtimeApi: string;
  /** Opens the metadata endpoint. */
  readonly metadataToken: string;
}

/** Where `/opt` and `/var/task` really are for the process. */
export interface RootPaths {
  readonly opt: string;
  readonly task: string;
}

/** Variables that Lambda reserves; a function's configuration cannot set them (Lambda developer guide). */
const reserved: readonly string[] = [
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_METADATA_API',
  'AWS_LAMBDA_METADATA_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
];

/**
 * Checks the variables a configuration gives to its function.
 * @throws UserError `ConfigurationInvalid` naming the variable
 */
export function checkFunctionVariables(variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (reserved.includes(name)) {
      throw new UserError(
        'ConfigurationInvalid',
        `The environment variable ${name} is reserved by Lambda and cannot be set in "env" or "envFile".`,
        'Remove it.',
      );
    }
    if (!/^[a-zA-Z][a-zA-Z0-9_]+$/.test(name)) {
      throw new UserError(
        'ConfigurationInvalid',
        `"${name}" in "env" or "envFile" is not a name that Lambda accepts for an environment variable.`,
        'Use at least two letters, digits and underscores, with a letter first.',
      );
    }
    if (value.includes('\0')) {
      throw new UserError(
        'ConfigurationInvalid',
        `The environment variable ${name} in "env" or "envFile" holds a NUL character.`,
        'Remove that character.',
      );
    }
  }
  const bytes = Buffer.byteLength(JSON.stringify(variables)); // Lambda's own message shows this as the "String measured"
  if (bytes > limits.environmentBytes) {
    throw new UserError(
      'ConfigurationInvalid',
      `The environment variables in "env" and "envFile" take ${bytes} bytes as JSON; Lambda allows ${limits.environmentBytes}.`,
      'Move large values to a file in the deployment package or a layer.',
    );
  }
}

/** The `PATH` of a function: its own, or Lambda's. */
export function searchPath(opt: string, variables: Readonly<Record<string, string>>): string {
  return variables['PATH'] ?? `/usr/local/bin:/usr/bin/:/bin:${opt}/bin`;
}

/**
 * The whole environment of a bootstrap for `provided.*`, and nothing of the editor's. Low to high: Lambda's
 * overridable defaults, the function's own variables, Lambda's reserved ones.
 */
export function bootstrapEnvironment(
  identity: FunctionIdentity,
  { runtimeApi, metadataToken }: ApiAccess,
  paths: RootPaths,
  variables: Readonly<Record<string, string>>,
): Record<string, string> {
  const { opt, task } = paths;
  const runtime = '/var/runtime';
  return {
    LANG: 'en_US.UTF-8',
    PATH: searchPath(opt, {}),
    LD_LIBRARY_PATH: `/lib64:/usr/lib64:${runtime}:${runtime}/lib:${task}:${task}/lib:${opt}/lib`,
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    AWS_XRAY_DAEMON_ADDRESS: '169.254.100.1:2000',
    TZ: ':UTC',
    ...variables,
    LAMBDA_TASK_ROOT: task,
    LAMBDA_RUNTIME_DIR: runtime,
    AWS_REGION: identity.region,
    AWS_DEFAULT_REGION: identity.region,
    AWS_LAMBDA_FUNCTION_NAME: identity.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(identity.memorySizeMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: identity.initializationType,
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${identity.functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName(new Date()),
    AWS_LAMBDA_METADATA_API: runtimeApi,
    AWS_LAMBDA_METADATA_TOKEN: metadataToken,
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    _HANDLER: identity.handler,
  };
}

/** Names that Lambda keeps from extensions (Runtime Interface Emulator, `rapidcore/env/environment.go`). */
const runtimeOnly: readonly string[] = [
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_XRAY_CONTEXT_MISSING',
  'AWS_XRAY_DAEMON_ADDRESS',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
];

/** What an external extension gets of a bootstrap's environment. */
export function extensionEnvironment(bootstrap: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(bootstrap).filter(([name]) => !name.startsWith('_') && !runtimeOnly.includes(name)),
  );
}

function logStreamName(now: Date): string {
  const id = randomBytes(16).toString('hex');
  return `${now.toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${id}`;
}
