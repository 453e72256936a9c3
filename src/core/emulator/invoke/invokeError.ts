import type { OutgoingHttpHeaders } from 'node:http';

/** Errors of the Invoke API and their HTTP statuses (`@aws-sdk/client-lambda`'s schema of `Invoke`). */
const statuses = {
  InvalidParameterValueException: 400,
  InvalidRequestContentException: 400,
  ResourceNotFoundException: 404,
  RequestTooLargeException: 413,
  ServiceException: 500,
  TooManyRequestsException: 429,
  UnknownOperationException: 404,
} as const;

/** The errors that can be answered, by the names SDKs know. */
export type InvokeErrorName = keyof typeof statuses;

/** When a throttled caller may come again, in seconds; SDKs that retry wait longer by themselves. */
const retryAfterSeconds = 1;

/** An error of the Invoke API itself, as opposed to one of the function. */
export class InvokeError extends Error {
  override readonly name: InvokeErrorName;
  readonly status: number;

  constructor(name: InvokeErrorName, message: string) {
    super(message);
    this.name = name;
    this.status = statuses[name];
  }

  /** The body's `Type`: whose fault it is. */
  get fault(): 'User' | 'Service' {
    return this.status < 500 ? 'User' : 'Service';
  }

  /** The JSON body. A throttled caller is told why, by a name of the schema's `ThrottleReason`. */
  get body(): string {
    const { fault: Type, message } = this;
    const fields =
      this.name === 'TooManyRequestsException'
        ? { Reason: 'ConcurrentInvocationLimitExceeded', Type, message }
        : { Type, Message: message };
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
