import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';

/**
 * Whether a program listens on a port of 127.0.0.1. On Linux without connecting to it, since some debuggers take the
 * first connection for their one client (proc(5): `/proc/net/tcp`, state `0A` is listening).
 */
export async function isListening(port: number): Promise<boolean> {
  if (process.platform !== 'linux') return answers(port);
  const wanted = new RegExp(
    `^ *\\d+: [0-9A-F]+:${port.toString(16).toUpperCase().padStart(4, '0')} \\S+ 0A `,
    'm',
  );
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'latin1').catch(() => '')),
  );
  return tables.some((table) => wanted.test(table));
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
