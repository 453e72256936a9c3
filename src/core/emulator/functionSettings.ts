import type { CognitoIdentity } from './invocation.ts';

/** What the emulator must know of the function it serves. */
export interface FunctionSettings {
  readonly functionName: string;
  /** Usually `$LATEST`. */
  readonly version: string;
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
  /** The value of `_HANDLER`, which extensions are told. */
  readonly handler: string;
  /** Configured memory, in mebibytes. */
  readonly memorySizeMb: number;
  /** The function's timeout, in milliseconds. */
  readonly timeoutMs: number;
  /** The limit of the init phase, in milliseconds; `undefined` for none. */
  readonly initTimeoutMs: number | undefined;
  /** What the `INIT_START` line calls the runtime, such as `provided:al2023`. */
  readonly runtimeLabel: string;
  /** How the platform writes its log lines (`AWS_LAMBDA_LOG_FORMAT`). */
  readonly logFormat: 'Text' | 'JSON';
  /** How many invocations one environment takes at a time (`AWS_LAMBDA_MAX_CONCURRENCY`). */
  readonly maxConcurrency: number;
  /** Waits before the first and second retry of an `Event` invocation that failed, in milliseconds. */
  readonly eventRetryDelaysMs: readonly number[];
  /** Whether streamed responses are slowed down as on Lambda: 6 MiB at once, then 2 MiB a second. */
  readonly limitBandwidth: boolean;
  /** The largest streamed response, in bytes. */
  readonly maxStreamedBytes: number;
  /** How many bytes of events may wait before more are refused. */
  readonly maxQueuedBytes: number;
  /** The identity that every invocation carries, if any. */
  readonly cognitoIdentity: CognitoIdentity | undefined;
}

const defaults: Omit<FunctionSettings, 'functionName' | 'initTimeoutMs'> = {
  version: '$LATEST',
  accountId: '123456789012',
  region: 'us-east-1',
  handler: 'function.handler',
  memorySizeMb: 128,
  timeoutMs: 3000,
  runtimeLabel: 'provided:al2023',
  logFormat: 'Text',
  maxConcurrency: 1,
  eventRetryDelaysMs: [1000, 2000], // Lambda waits a minute, then two; nobody at a desk does
  limitBandwidth: false,
  maxStreamedBytes: 200 * 1024 * 1024,
  maxQueuedBytes: 512 * 1024 * 1024, // ours, to bound the memory
  cognitoIdentity: undefined,
};

/** Lambda's own defaults, and a made-up account, around what is given. */
export function functionSettings(
  given: Pick<FunctionSettings, 'functionName'> & Partial<FunctionSettings>,
): FunctionSettings {
  const settings = { ...defaults, ...given };
  return { initTimeoutMs: defaultInitTimeoutMs(settings), ...settings };
}

/** Ten seconds; for environments that take several invocations at a time 130, or the timeout if that is longer. */
function defaultInitTimeoutMs({
  maxConcurrency,
  timeoutMs,
}: Pick<FunctionSettings, 'maxConcurrency' | 'timeoutMs'>): number {
  return maxConcurrency > 1 ? Math.max(130_000, timeoutMs) : 10_000;
}

/** The version that a qualifier means: a version itself, or the one that runs, to which every alias points. */
export function executedVersion(
  { version }: Pick<FunctionSettings, 'version'>,
  qualifier: string | undefined,
): string {
  return qualifier !== undefined && /^\d+$/.test(qualifier) ? qualifier : version;
}

/** `on-demand`, or the name for environments that take several invocations at a time. */
export function initializationType({ maxConcurrency }: Pick<FunctionSettings, 'maxConcurrency'>): string {
  return maxConcurrency > 1 ? 'lambda-managed-instances' : 'on-demand';
}

/** The ARN of the function, with the qualifier it was invoked with, if any. */
export function functionArn(
  settings: Pick<FunctionSettings, 'functionName' | 'region' | 'accountId'>,
  qualifier?: string,
): string {
  const arn = `arn:aws:lambda:${settings.region}:${settings.accountId}:function:${settings.functionName}`;
  return qualifier === undefined ? arn : `${arn}:${qualifier}`;
}
