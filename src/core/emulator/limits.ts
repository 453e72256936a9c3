/** The largest event of a synchronous invocation, in bytes (Lambda quota: 6 MB). */
export const maxSyncPayloadBytes = 6 * 1024 * 1024;

/** The largest event of an asynchronous invocation, in bytes (Invoke API: 1 MB). */
export const maxAsyncPayloadBytes = 1024 * 1024;

/** The largest body a runtime may post, in bytes; the Runtime Interface Emulator allows 100 bytes over 6 MiB. */
export const maxResponseBytes = 6 * 1024 * 1024 + 100;

/** The largest body of a call to the Extensions and Telemetry APIs, in bytes. */
export const maxExtensionBodyBytes = 1024 * 1024;

/** The longest client context, in bytes of base64 (Invoke API reference). */
export const maxClientContextBytes = 3583;

/** How much of an invocation's log the Invoke API hands back, in bytes. */
export const logTailBytes = 4096;

/** How long the end of an environment's processes is awaited before going on without it, in milliseconds. */
export const killWaitMs = 2000;

/** The most extensions an environment takes, internal ones included (Runtime Interface Emulator, `core/registrations.go`). */
export const maxExtensions = 10;

/**
 * How long a shutdown may take, in milliseconds (developer guide, lifecycle of an execution environment): nothing
 * without extensions, half a second with internal ones, two with any external one, of which the runtime gets 300.
 */
export const shutdownMs = { internalOnly: 500, external: 2000, runtimeShare: 300 } as const;
