import assert from 'node:assert/strict';
import { PathMapping } from '../../../../../src/core/debug/pathMapping.ts';
import type { DebuggeeStart } from '../../../../../src/core/debug/debuggers/languageDebugger.ts';
import { readProgram } from '../../../../../src/core/debug/debuggers/program.ts';
import { MergedView } from '../../../../../src/core/opt/mergedView.ts';
import { codeIn } from '../../../../support/functionCode.ts';
import type { Bootstrap } from '../../../../../src/core/run/bootstrap.ts';

/** A bootstrap with this content. */
export function bootstrapOf(content: string | Buffer, path = '/opt/bootstrap'): Bootstrap {
  const bytes = Buffer.from(content);
  return {
    path,
    origin: 'bootstrap',
    head: bytes.subarray(0, 256),
    executable: true,
    content: () => Promise.resolve(bytes),
  };
}

/** The debug types whose extensions an editor has, by where these lie. */
export type Extensions = Readonly<Record<string, string>>;

/** A start of a bootstrap in an editor with these extensions and settings. */
export async function startOf(
  bootstrap: Bootstrap,
  extensions: Extensions,
  more: Partial<DebuggeeStart> & { readonly settings?: Readonly<Record<string, unknown>> } = {},
): Promise<DebuggeeStart> {
  const { settings = {}, ...rest } = more;
  return {
    program: await readProgram(bootstrap),
    port: 5678,
    variables: {},
    editor: {
      extensionFolder: (type) => extensions[type],
      setting: (name) => settings[name],
      linkTo: (path) => path,
      attach: () => assert.fail('nothing attaches here'),
    },
    mapping: new PathMapping(new MergedView([]), codeIn('/code'), { opt: '/opt', task: '/var/task' }),
    temporary: { here: '/nowhere', inside: '/tmp' },
    executable: bootstrap.path,
    show: () => undefined,
    ...rest,
  };
}

/** An ELF file of 64 bits that has sections with these contents, and nothing else. */
export function elfOf(sections: Readonly<Record<string, string | Buffer>>): Buffer {
  const all = Object.entries({ '': '', ...sections, '.shstrtab': '' });
  const names = Buffer.from(all.map(([name]) => `${name}\0`).join(''), 'latin1');
  const contents = all.map(([name, content]) => (name === '.shstrtab' ? names : Buffer.from(content)));
  const headers = Buffer.alloc(64 * all.length);
  let offset = 64;
  let nameOffset = 0;
  for (const [index, [name]] of all.entries()) {
    const length = contents[index]?.length ?? 0;
    headers.writeUInt32LE(nameOffset, index * 64);
    headers.writeUInt32LE(1, index * 64 + 4);
    headers.writeBigUInt64LE(BigInt(offset), index * 64 + 24);
    headers.writeBigUInt64LE(BigInt(length), index * 64 + 32);
    offset += length;
    nameOffset += name.length + 1;
  }
  const start = Buffer.alloc(64);
  start.write('\x7fELF\x02\x01\x01', 'latin1');
  start.writeBigUInt64LE(BigInt(offset), 40);
  start.writeUInt16LE(64, 58);
  start.writeUInt16LE(all.length, 60);
  start.writeUInt16LE(all.length - 1, 62);
  return Buffer.concat([start, ...contents, headers]);
}
