import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ensureMoto, motoPython } from '../../scripts/lib/moto.ts';

/** A running moto server. */
export interface Moto {
  /** Its address on 127.0.0.1, without a slash at the end. */
  readonly endpoint: string;
  /** Ends it. May be called again. */
  stop(): Promise<void>;
}

/** Ends with its standard input, which is a pipe from here: so it also ends when this process crashes. */
const program = `
import os, sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print("listening on", server.get_host_and_port()[1], flush=True)
sys.stdin.buffer.read()
os._exit(0)
`;

/**
 * Starts a moto server on a free port of 127.0.0.1, without anything in it; installs moto first when this machine has
 * none yet. Throws an `Error` with its output when it does not start.
 */
export async function startMoto(): Promise<Moto> {
  await ensureMoto({ verbose: false });
  const child = spawn(motoPython(), ['-c', program], {
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined); // it has ended
  const ended = once(child, 'close');
  let [output, errors] = ['', ''];
  // One line a request: kept only until it runs.
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-4_000)));
  const port = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const found = /listening on (\d+)/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('error', reject);
    child.once('close', () => reject(new Error(`moto did not start:\n${output}${errors}`)));
  });
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
