import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';

/**
 * What listens on a port of 127.0.0.1, by a name that another listener does not have; `undefined` when nothing does.
 * On Linux without connecting to it, since some debuggers take the first connection for their one client (proc(5):
 * `/proc/net/tcp`, state `0A` is listening), elsewhere all listeners have one name.
 */
export async function findListener(port: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return (await answers(port)) ? 'listener' : undefined;
  const wanted = new RegExp(
    `^ *\\d+: [0-9A-F]+:${port.toString(16).toUpperCase().padStart(4, '0')} \\S+ 0A (?:\\S+ +){5}(\\d+)`,
    'm',
  );
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'latin1').catch(() => '')),
  );
  return tables.map((table) => wanted.exec(table)?.[1]).find((inode) => inode !== undefined);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
