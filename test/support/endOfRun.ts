/** Milliseconds that a process of tests gets to end by itself after its last test. */
const grace = 20_000;

/**
 * Loaded by Mocha: ends a process that something keeps alive after its last test, such as a server that is still
 * listening, and says what it is. Such a run fails, for a test has left something behind.
 */
export const mochaHooks = {
  afterAll(): void {
    const end = (): void => {
      const resources = process.getActiveResourcesInfo().join(', ');
      console.error(
        `The tests have ended, but something that they left keeps the process alive: ${resources}`,
      );
      process.exit(1);
    };
    setTimeout(end, grace).unref();
  },
};
