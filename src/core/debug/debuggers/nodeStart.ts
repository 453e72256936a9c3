/** Variables that tell the start file what to do; it takes them away again. */
export const startVariables = {
  port: 'LAMBDA_LAYERS_DEBUG_PORT',
  /** The function's own `NODE_OPTIONS`, if it has any. */
  options: 'LAMBDA_LAYERS_NODE_OPTIONS',
} as const;

/**
 * A module that Node.js loads before the program, by `--require`. It opens the inspector and waits for the debugger,
 * in one process at a time that runs a script, and not in one-liners (`node -p`), which leave that to the next; then
 * everything is as it would be without it. In the syntax of old versions, since a layer may bring any.
 */
export const nodeStart = `'use strict';
(() => {
  delete require.cache[__filename];
  const { argv, env, execArgv, pid } = process;
  const port = env.${startVariables.port};
  if (port === undefined || !require('worker_threads').isMainThread) return;
  const isOther = /^(-e|-p|-pe|-c|-i|--eval|--print|--check|--interactive)(=|$)/;
  if (argv[1] === undefined || execArgv.some((word) => isOther.test(word))) return;
  if (env.${startVariables.options} === undefined) delete env.NODE_OPTIONS;
  else env.NODE_OPTIONS = env.${startVariables.options};
  delete env.${startVariables.options};
  delete env.${startVariables.port};
  if (isTaken()) return;
  require('inspector').open(Number(port), '127.0.0.1', true);

  /** Whether another process that runs has the port. */
  function isTaken() {
    const fs = require('fs');
    const owner = __filename + '.' + port;
    try {
      fs.writeFileSync(owner, String(pid), { flag: 'wx' });
      return false;
    } catch (exists) {}
    try {
      process.kill(Number(fs.readFileSync(owner, 'utf8')), 0);
      return true;
    } catch (ended) {}
    try {
      fs.writeFileSync(owner, String(pid));
    } catch (full) {}
    return false;
  }
})();
`;
