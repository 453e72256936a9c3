import type { OutgoingHttpHeaders } from 'node:http';

/**
 * Errors of the Invoke API: their HTTP statuses, and the name of the body's member with the text, which is not the same
 * in all (`@aws-sdk/client-lambda`'s schema of `Invoke`).
 */
const forms = {
  InvalidParameterValueException: { status: 400, text: 'message' },
  InvalidRequestContentException: { status: 400, text: 'message' },
  ResourceNotFoundException: { status: 404, text: 'Message' },
  RequestTooLargeException: { status: 413, text: 'message' },
  ServiceException: { status: 500, text: 'Message' },
  TooManyRequestsException: { status: 429, text: 'message' },
  UnknownOperationException: { status: 404, text: 'message' },
} as const;

/** The errors that can be answered, by the names SDKs know. */
export type InvokeErrorName = keyof typeof forms;

/** When a throttled caller may come again, in seconds; SDKs that retry wait longer by themselves. */
const retryAfterSeconds = 1;

/** An error of the Invoke API itself, as opposed to one of the function. */
export class InvokeError extends Error {
  override readonly name: InvokeErrorName;
  readonly status: number;

  constructor(name: InvokeErrorName, message: string) {
    super(message);
    this.name = name;
    this.status = forms[name].status;
  }

  /** The body's `Type`: whose fault it is. */
  get fault(): 'User' | 'Service' {
    return this.status < 500 ? 'User' : 'Service';
  }

  /** The JSON body. A throttled caller is told why, by a name of the schema's `ThrottleReason`. */
  get body(): string {
    const reason =
      this.name === 'TooManyRequestsException' ? { Reason: 'ConcurrentInvocationLimitExceeded' } : {};
    const fields = { ...reason, Type: this.fault, [forms[this.name].text]: this.message };
    return `${JSON.stringify(fields)}\n`;
  }

  /** The headers that make SDKs see this error. */
  get headers(): OutgoingHttpHeaders {
    return {
      'Content-Type': 'application/json',
      'x-amzn-ErrorType': this.name,
      ...(this.name === 'TooManyRequestsException' ? { 'Retry-After': retryAfterSeconds } : {}),
    };
  }
}
