import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DebugTools } from '../debugTools.ts';
import type { DebuggedProgram } from './debuggedProgram.ts';

/** Rust on the official client, built once for all tests: its bootstrap is in the code, and crates of it are in layers. */
export function rustProgram({ rustProgram: folder }: DebugTools): DebuggedProgram {
  const [code, addition, doubling] = ['code', 'addition', 'doubling'].map((name) => join(folder, name));
  const stop = (file: string, variable: string, value: RegExp) => {
    const lines = readFileSync(join(folder, file), 'utf8').split('\n');
    const line = lines.findIndex((text) => text.includes(`let result = ${variable}.max(n);`)) + 1;
    return { file: join(folder, file), line, variable, value };
  };
  return {
    configuration: { code, layers: [doubling ?? '', addition ?? ''], handler: 'unused' },
    stops: [
      stop('addition/src/lib.rs', 'total', /^42$/),
      stop('doubling/src/lib.rs', 'twice', /^84$/),
      stop('code/src/main.rs', 'doubled', /^84$/),
    ],
  };
}
