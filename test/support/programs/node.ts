import { dirname } from 'node:path';
import type { DebugTools } from '../debugTools.ts';
import { type DebuggedProgram, foldersIn } from './debuggedProgram.ts';
import { write } from './write.ts';

/** A module that takes a number and gives one; stops in line 3. */
const module = (name: string, variable: string, expression: string) =>
  `exports.${name} = (n) => {\n  const ${variable} = ${expression};\n  const result = ${variable};\n  return result;\n};\n`;

const bootstrap = `#!/bin/sh
export NODE_PATH="$(dirname "$0")/nodejs/node_modules"
exec node "$NODE_PATH/aws-lambda-ric/index.mjs" "$_HANDLER"
`;

const handler = `const { add } = require('addition');
const { double } = require('doubling');

exports.handle = async ({ n }) => {
  const doubled = double(add(n));
  const result = doubled;
  return { doubled: result };
};
`;

/** Node.js on the official client, which a shell script starts; two modules are in layers. */
export function nodeProgram(work: string, { nodeClient, node }: DebugTools): DebuggedProgram {
  const { code, runtime, addition, doubling } = foldersIn(work);
  write(runtime, 'bootstrap', bootstrap, 0o755);
  const modules = 'nodejs/node_modules';
  const adding = write(addition, `${modules}/addition/index.js`, module('add', 'total', 'n + 1'));
  const twice = write(doubling, `${modules}/doubling/index.js`, module('double', 'twice', 'n * 2'));
  const app = write(code, 'app.js', handler);
  return {
    configuration: {
      code,
      layers: [nodeClient, runtime, doubling, addition],
      handler: 'app.handle',
      env: { PATH: `${dirname(node)}:/usr/bin:/bin` },
    },
    stops: [
      { file: adding, line: 3, variable: 'total', value: /^42$/ },
      { file: twice, line: 3, variable: 'twice', value: /^84$/ },
      { file: app, line: 6, variable: 'doubled', value: /^84$/ },
    ],
  };
}
