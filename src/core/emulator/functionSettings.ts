/** What the emulator must know of the function it serves. */
export interface FunctionSettings {
  readonly functionName: string;
  /** Usually `$LATEST`. */
  readonly version: string;
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
  /** Configured memory, in mebibytes. */
  readonly memorySizeMb: number;
  /** The function's timeout, in milliseconds. */
  readonly timeoutMs: number;
  /** The limit of the init phase, in milliseconds. */
  readonly initTimeoutMs: number;
  /** What the `INIT_START` line calls the runtime, such as `provided:al2023`. */
  readonly runtimeLabel: string;
}

const defaults: Omit<FunctionSettings, 'functionName'> = {
  version: '$LATEST',
  accountId: '123456789012',
  region: 'us-east-1',
  memorySizeMb: 128,
  timeoutMs: 3000,
  initTimeoutMs: 10_000,
  runtimeLabel: 'provided:al2023',
};

/** Lambda's own defaults, and a made-up account, around what is given. */
export function functionSettings(
  given: Pick<FunctionSettings, 'functionName'> & Partial<FunctionSettings>,
): FunctionSettings {
  return { ...defaults, ...given };
}

/** The ARN of the function, with the qualifier it was invoked with, if any. */
export function functionArn(
  settings: Pick<FunctionSettings, 'functionName' | 'region' | 'accountId'>,
  qualifier?: string,
): string {
  const arn = `arn:aws:lambda:${settings.region}:${settings.accountId}:function:${settings.functionName}`;
  return qualifier === undefined ? arn : `${arn}:${qualifier}`;
}
