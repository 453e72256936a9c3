import type { DebugTools } from '../debugTools.ts';
import { type DebuggedProgram, foldersIn } from './debuggedProgram.ts';
import { write } from './write.ts';

/** A module that takes a number and gives one; stops in line 3. */
const module = (name: string, variable: string, expression: string) =>
  `def ${name}(n):\n    ${variable} = ${expression}\n    result = ${variable}\n    return result\n`;

const handler = `import addition, doubling

def handle(event, context):
    doubled = doubling.double(addition.add(event["n"]))
    result = doubled
    return {"doubled": result}
`;

/** Python on the official client, which a shell script starts; two modules are in layers. */
export function pythonProgram(work: string, { python, pythonClient }: DebugTools): DebuggedProgram {
  const { code, runtime, addition, doubling } = foldersIn(work);
  const path = 'export PYTHONPATH="$(dirname "$0")/python${PYTHONPATH:+:$PYTHONPATH}"';
  const bootstrap = `#!/bin/sh\n${path}\nexec ${python} -m awslambdaric "$_HANDLER"\n`;
  write(runtime, 'bootstrap', bootstrap, 0o755);
  const adding = write(addition, 'python/addition.py', module('add', 'total', 'n + 1'));
  const twice = write(doubling, 'python/doubling.py', module('double', 'twice', 'n * 2'));
  const app = write(code, 'app.py', handler);
  return {
    configuration: { code, layers: [pythonClient, runtime, doubling, addition], handler: 'app.handle' },
    stops: [
      { file: adding, line: 3, variable: 'total', value: /^42$/ },
      { file: twice, line: 3, variable: 'twice', value: /^84$/ },
      { file: app, line: 5, variable: 'doubled', value: /^84$/ },
    ],
  };
}
