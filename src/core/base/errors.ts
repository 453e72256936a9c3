/** What went wrong, for programs; tests and callers compare these, never the text. */
export type UserErrorCode =
  | 'AccessDenied'
  | 'ArchiveInvalid'
  | 'ArchiveEntryInvalid'
  | 'BootstrapMissing'
  | 'BootstrapInvalid'
  | 'BuildFailed'
  | 'ChangedMeanwhile'
  | 'ConfigurationInvalid'
  | 'CredentialsInvalid'
  | 'CredentialsMissing'
  | 'DebuggerMissing'
  | 'DigestMismatch'
  | 'EventInvalid'
  | 'FileTooLarge'
  | 'FunctionNotFound'
  | 'InitFailed'
  | 'IsolationUnavailable'
  | 'LayerNotFound'
  | 'LayerReferenceInvalid'
  | 'LimitExceeded'
  | 'LinkUnresolved'
  | 'MfaCodeMissing'
  | 'NetworkFailed'
  | 'NoSession'
  | 'NotFound'
  | 'OutcomeUnknown'
  | 'OutputInvalid'
  | 'PathNotFound'
  | 'PortInUse'
  | 'RequestRefused'
  | 'ServiceFailed'
  | 'SettingInvalid'
  | 'StackUnknown'
  | 'TemplateInvalid'
  | 'Throttled'
  | 'Untrusted';

/**
 * A failure that the person at the keyboard can do something about. `message` says in one sentence what failed
 * and names the file, field or entry; `help` says the next step.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly code: UserErrorCode;
  readonly help: string | undefined;

  constructor(code: UserErrorCode, message: string, help?: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.help = help;
  }
}

/** Whether a failure only means that somebody cancelled; such failures are not shown. */
export function isCancellation(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'Canceled');
}

/** The text of anything that was thrown, with the next step when there is one; never a stack trace. */
export function describeError(error: unknown): string {
  if (error instanceof UserError && error.help !== undefined) return `${error.message} ${error.help}`;
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a Node system error such as `ENOENT`, else `undefined`. */
export function systemErrorCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
