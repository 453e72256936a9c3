/** What an extension may subscribe to. */
export type ExtensionSubscription = 'INVOKE' | 'SHUTDOWN';

/** Why an environment ends (Extensions API reference). */
export type ShutdownReason = 'SPINDOWN' | 'TIMEOUT' | 'FAILURE';

/** An answer to an extension's `next`. */
export type ExtensionEvent =
  | {
      readonly eventType: 'INVOKE';
      /** Milliseconds since 1970. */
      readonly deadlineMs: number;
      readonly requestId: string;
      readonly invokedFunctionArn: string;
      readonly tracing: { readonly type: 'X-Amzn-Trace-Id'; readonly value: string };
    }
  | { readonly eventType: 'SHUTDOWN'; readonly shutdownReason: ShutdownReason; readonly deadlineMs: number };
