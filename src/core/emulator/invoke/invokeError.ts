/** Errors of the Invoke API and their HTTP statuses (`@aws-sdk/client-lambda`'s schema of `Invoke`). */
const statuses = {
  InvalidParameterValueException: 400,
  InvalidRequestContentException: 400,
  ResourceNotFoundException: 404,
  RequestTooLargeException: 413,
  ServiceException: 500,
  UnknownOperationException: 404,
} as const;

/** The errors that can be answered, by the names SDKs know. */
export type InvokeErrorName = keyof typeof statuses;

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
}
