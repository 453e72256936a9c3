import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { DebugTools } from '../../support/debugTools.ts';

/** A place to stop at, and what is there. */
export interface Stop {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly variable: string;
  readonly value: RegExp;
}

/** A function with layers in some language, that adds 1 to `{"n": 41}` in a layer and doubles it in its own code. */
export interface DebuggedProgram {
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly stops: readonly Stop[];
}

/** Writes a text to a file below a folder, and returns its path. */
export function write(folder: string, path: string, text: string, mode = 0o644): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode });
  return file;
}

/** Python on the official client, which a shell script starts; a module is in a layer. */
export function pythonProgram(work: string, tools: DebugTools): DebuggedProgram {
  const [code, layer] = [join(work, 'code'), join(work, 'layer')];
  write(
    layer,
    'bootstrap',
    `#!/bin/sh\nexport PYTHONPATH="$(dirname "$0")/python\${PYTHONPATH:+:$PYTHONPATH}"\nexec ${tools.python} -m awslambdaric "$_HANDLER"\n`,
    0o755,
  );
  const inLayer = write(
    layer,
    'python/addition.py',
    'def add(n):\n    total = n + 1\n    result = total\n    return result\n',
  );
  const handler = [
    'import os, addition',
    'def handle(event, context):',
    '    total = addition.add(event["n"])',
    '    doubled = total * 2',
    '    result = doubled',
    '    return {"doubled": result, "path": os.environ["PYTHONPATH"]}',
  ];
  const inCode = write(code, 'app.py', handler.join('\n'));
  return {
    configuration: {
      code,
      layers: [tools.pythonClient, layer],
      handler: 'app.handle',
    },
    stops: [
      { file: inLayer, line: 3, variable: 'total', value: /^42$/ },
      { file: inCode, line: 5, variable: 'doubled', value: /^84$/ },
    ],
  };
}

/** Go on the official client; its main package, and so its bootstrap, is in a layer. */
export async function goProgram(
  work: string,
  tools: DebugTools,
  built: 'here' | 'inside' = 'here',
): Promise<DebuggedProgram> {
  const [code, layer] = [join(work, 'code'), join(work, 'layer')];
  cpSync(tools.goModule, layer, { recursive: true });
  const inLayer = write(
    layer,
    'cmd/main.go',
    `package main

import (
	"context"

	"example.com/function"
	"github.com/aws/aws-lambda-go/lambda"
)

type event struct{ N int }

func handle(_ context.Context, given event) (map[string]int, error) {
	total := given.N + 1
	doubled := function.Double(total)
	result := doubled
	return map[string]int{"doubled": result}, nil
}

func main() { lambda.Start(handle) }
`,
  );
  write(code, 'go.mod', 'module example.com/function\n\ngo 1.21\n');
  const inCode = write(
    code,
    'double.go',
    'package function\n\nfunc Double(n int) int {\n\tdoubled := n * 2\n\tresult := doubled\n\treturn result\n}\n',
  );
  const moved =
    built === 'here'
      ? ''
      : ` -trimpath=${prefixes(code, layer)
          .map((pair) => pair.join('=>'))
          .join(';')}`;
  const go = (...args: string[]) => build('go', args, layer, tools.goEnvironment);
  await go('mod', 'edit', '-require=example.com/function@v0.0.0', `-replace=example.com/function=${code}`);
  await go('build', `-gcflags=example.com/...=-N -l${moved}`, '-o', 'bootstrap', './cmd');
  return {
    configuration: { code, layers: [layer], handler: 'unused' },
    stops: [
      { file: inCode, line: 5, variable: 'doubled', value: /^84$/ },
      { file: inLayer, line: 15, variable: 'total', value: /^42$/ },
    ],
  };
}

/** C without a client: its bootstrap is in the code, and links a library that is in a layer with its sources. */
export async function nativeProgram(
  work: string,
  built: 'here' | 'inside' = 'here',
): Promise<DebuggedProgram> {
  const [code, layer] = [join(work, 'code'), join(work, 'layer')];
  const moved =
    built === 'here' ? [] : prefixes(code, layer).map((pair) => `-ffile-prefix-map=${pair.join('=')}`);
  mkdirSync(join(layer, 'lib'), { recursive: true });
  const inLayer = write(
    layer,
    'src/addition.c',
    'int add(int n) {\n  int total = n + 1;\n  int result = total;\n  return result;\n}\n',
  );
  await build('gcc', [...moved, '-g', '-O0', '-shared', '-fPIC', '-o', 'lib/libaddition.so', inLayer], layer);
  const inCode = write(code, 'main.c', nativeRuntime);
  await build(
    'gcc',
    [...moved, '-g', '-O0', '-o', 'bootstrap', inCode, '-L', join(layer, 'lib'), '-laddition'],
    code,
  );
  return {
    configuration: { code, layers: [layer], handler: 'unused' },
    stops: [
      { file: inLayer, line: 3, variable: 'total', value: /^42$/ },
      {
        file: inCode,
        line: nativeRuntime.split('\n').findIndex((line) => line.includes('// stop')) + 1,
        variable: 'doubled',
        value: /^84$/,
      },
    ],
  };
}

/** As little of the Runtime API as it takes: one connection for each call. */
const nativeRuntime = String.raw`#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int add(int n);

static char answer[65536];

static void call(const char *method, const char *path, const char *body) {
  char *api = strdup(getenv("AWS_LAMBDA_RUNTIME_API"));
  char *port = strchr(api, ':');
  *port++ = 0;
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
  if (getaddrinfo(api, port, &hints, &found) != 0) exit(1);
  int file = socket(found->ai_family, found->ai_socktype, 0);
  if (connect(file, found->ai_addr, found->ai_addrlen) != 0) exit(1);
  dprintf(file, "%s /2018-06-01/runtime/invocation/%s HTTP/1.1\r\nHost: %s:%s\r\nConnection: close\r\n", method, path, api, port);
  dprintf(file, "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
  size_t length = 0;
  for (ssize_t count; (count = read(file, answer + length, sizeof answer - 1 - length)) > 0;) length += count;
  answer[length] = 0;
  close(file);
}

int main(void) {
  for (;;) {
    call("GET", "next", "");
    char id[64], path[128], body[128];
    sscanf(strcasestr(answer, "lambda-runtime-aws-request-id:") + 30, " %63[^\r]", id);
    int n = atoi(strstr(answer, "\"n\":") + 4);
    int doubled = add(n) * 2;
    snprintf(body, sizeof body, "{\"doubled\":%d}", doubled); // stop
    snprintf(path, sizeof path, "%s/response", id);
    call("POST", path, body);
  }
}
`.replace('#include', '#define _GNU_SOURCE\n#include');

/** The folders of the function, as compilers take them that shall name the ones for the others. */
const prefixes = (code: string, layer: string) => [
  [code, '/var/task'],
  [layer, '/opt'],
];

/** Node.js on a runtime of its own, which is in a layer, as is a module. */
export function nodeProgram(work: string): DebuggedProgram {
  const [code, layer] = [join(work, 'code'), join(work, 'layer')];
  write(layer, 'bootstrap', `#!/usr/bin/env node\n${nodeRuntime}`, 0o755);
  const inLayer = write(
    layer,
    'nodejs/addition.js',
    'exports.add = (n) => {\n  const total = n + 1;\n  const result = total;\n  return result;\n};\n',
  );
  const inCode = write(
    code,
    'app.js',
    "const { add } = require('/opt/nodejs/addition.js');\nexports.handle = ({ n }) => {\n  const doubled = add(n) * 2;\n  const result = doubled;\n  return { doubled: result };\n};\n",
  );
  return {
    configuration: { code, layers: [layer], handler: 'app.handle', env: { PATH: process.env['PATH'] ?? '' } },
    stops: [
      { file: inLayer, line: 3, variable: 'total', value: /^42$/ },
      { file: inCode, line: 4, variable: 'doubled', value: /^84$/ },
    ],
  };
}

const nodeRuntime = `
const api = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2018-06-01/runtime/invocation/';
const { handle } = require('/var/task/app.js');
(async () => {
  for (;;) {
    const next = await fetch(api + 'next');
    const id = next.headers.get('lambda-runtime-aws-request-id');
    await fetch(api + id + '/response', { method: 'POST', body: JSON.stringify(handle(await next.json())) });
  }
})();
`;

async function build(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  try {
    await promisify(execFile)(command, args, { cwd, env: { ...process.env, ...env } });
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
    throw new Error(`${command} ${args.join(' ')} failed: ${output}`, { cause: error });
  }
}
