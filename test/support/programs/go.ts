import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Compilation, pairsOf } from './compilation.ts';
import { type DebuggedProgram, foldersIn } from './debuggedProgram.ts';
import { write } from './write.ts';

/** A package that takes a number and gives one; stops in line 5. */
const source = (name: string, func: string, variable: string, expression: string) =>
  `package ${name}\n\nfunc ${func}(n int) int {\n\t${variable} := ${expression}\n\tresult := ${variable}\n\treturn result\n}\n`;

const main = `package main

import (
	"context"

	"example.com/addition"
	"example.com/function/answer"
	"github.com/aws/aws-lambda-go/lambda"
)

type event struct{ N int }

func handle(_ context.Context, given event) (map[string]int, error) {
	return answer.From(addition.Add(given.N)), nil
}

func main() { lambda.Start(handle) }
`;

const answer = `package answer

import "example.com/doubling"

func From(total int) map[string]int {
	doubled := doubling.Double(total)
	result := doubled
	return map[string]int{"doubled": result}
}
`;

/** Go on the official client, compiled before: its bootstrap is made of the code and of modules that are in layers. */
export function goProgram(work: string): DebuggedProgram {
  const { code, addition, doubling } = foldersIn(work);
  return {
    configuration: { code, layers: [doubling, addition], handler: 'unused' },
    stops: [
      { file: join(addition, 'addition.go'), line: 5, variable: 'total', value: /^42$/ },
      { file: join(doubling, 'doubling.go'), line: 5, variable: 'twice', value: /^84$/ },
      { file: join(code, 'answer', 'answer.go'), line: 7, variable: 'doubled', value: /^84$/ },
    ],
  };
}

/** Compiles it with the client that a module has locked, whose folder is given. */
export async function compileGo({ folders, names, run }: Compilation, locked: string): Promise<void> {
  const { code, addition, doubling } = folders;
  for (const file of ['go.mod', 'go.sum']) write(code, file, readFileSync(join(locked, file), 'utf8'));
  for (const name of ['addition', 'doubling'] as const) {
    write(folders[name], 'go.mod', `module example.com/${name}\n\ngo 1.21\n`);
  }
  write(addition, 'addition.go', source('addition', 'Add', 'total', 'n + 1'));
  write(doubling, 'doubling.go', source('doubling', 'Double', 'twice', 'n * 2'));
  write(code, 'main.go', main);
  write(code, 'answer/answer.go', answer);
  const required = (['addition', 'doubling'] as const).flatMap((name) => [
    `-require=example.com/${name}@v0.0.0`,
    `-replace=example.com/${name}=${folders[name]}`,
  ]);
  await run(code, 'go', 'mod', 'edit', '-module=example.com/function', ...required);
  const moved = pairsOf(folders, names).map((pair) => pair.join('=>'));
  const flags = `-gcflags=example.com/...=-N -l -trimpath=${moved.join(';')}`;
  await run(code, 'go', 'build', '-buildvcs=false', '-mod=mod', flags, '-o', 'bootstrap', '.');
}
