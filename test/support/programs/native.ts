import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Compilation, pairsOf } from './compilation.ts';
import { type DebuggedProgram, foldersIn } from './debuggedProgram.ts';
import { write } from './write.ts';

/** A library that takes a number and gives one; stops in line 3. */
const library = (func: string, variable: string, expression: string) =>
  `int ${func}(int n) {\n  int ${variable} = ${expression};\n  int result = ${variable};\n  return result;\n}\n`;

/** As little of the Runtime API as it takes: one connection for each call. */
const nativeRuntime = String.raw`#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int add(int n);
int twice_of(int n);

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
    int doubled = twice_of(add(n));
    snprintf(body, sizeof body, "{\"doubled\":%d}", doubled); // stop
    snprintf(path, sizeof path, "%s/response", id);
    call("POST", path, body);
  }
}
`.replace('#include', '#define _GNU_SOURCE\n#include');

/** C, for which there is no client, compiled before: its bootstrap links libraries that are in layers with their sources. */
export function nativeProgram(work: string): DebuggedProgram {
  const { code, addition, doubling } = foldersIn(work);
  const line = nativeRuntime.split('\n').findIndex((text) => text.includes('// stop')) + 1;
  return {
    configuration: { code, layers: [doubling, addition], handler: 'unused' },
    stops: [
      { file: join(addition, 'src', 'addition.c'), line: 3, variable: 'total', value: /^42$/ },
      { file: join(doubling, 'src', 'doubling.c'), line: 3, variable: 'twice', value: /^84$/ },
      { file: join(code, 'main.c'), line, variable: 'doubled', value: /^84$/ },
    ],
  };
}

/** Compiles it. */
export async function compileNative({ folders, names, run }: Compilation): Promise<void> {
  const { code, addition, doubling } = folders;
  const flags = [
    '-g',
    '-O0',
    ...pairsOf(folders, names).map((pair) => `-ffile-prefix-map=${pair.join('=')}`),
  ];
  const link = async (layer: string, name: string, text: string): Promise<void> => {
    const source = write(layer, `src/${name}.c`, text);
    mkdirSync(join(layer, 'lib'), { recursive: true });
    await run(layer, 'gcc', ...flags, '-shared', '-fPIC', '-o', `lib/lib${name}.so`, source);
  };
  await link(addition, 'addition', library('add', 'total', 'n + 1'));
  await link(doubling, 'doubling', library('twice_of', 'twice', 'n * 2'));
  const source = write(code, 'main.c', nativeRuntime);
  const libraries = [addition, doubling].map((layer) => `-L${join(layer, 'lib')}`);
  await run(code, 'gcc', ...flags, '-o', 'bootstrap', source, ...libraries, '-laddition', '-ldoubling');
}
