import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipBytes } from '../../support/zip.ts';
import { accountCommands } from './accountCommands.ts';
import { set } from './awsAccount.ts';
import type { SmallAccount } from './smallAccount.ts';

/** A zip that is too large for a request, and the bucket that it goes through. */
export interface LargeZip {
  /** Publishes it as version 5. @returns what the command says */
  publish(): Promise<string>;
  /** Parts that it is sent in. */
  readonly parts: number;
  bucketContent(): Promise<{ readonly keys: readonly string[]; readonly unfinished: number }>;
}

const bucket = 'uploads';
const bytes = 53_000_000;
const partBytes = 8 * 1024 * 1024;

/** Makes zip and bucket for the tests of the surrounding `describe`. */
export function useLargeZip(small: SmallAccount): LargeZip {
  let folder = '';
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lambda-layers-test-'));
    writeFileSync(join(folder, 'large.zip'), zipBytes([{ name: 'lib/a', data: randomBytes(bytes) }]));
    await small.account.seed.bucket(bucket);
    await set('aws.s3Bucket', bucket);
  });
  after(async () => {
    await set('aws.s3Bucket', undefined);
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    publish: () => accountCommands(small, join(folder, 'large.zip'))('publishLayer'),
    parts: Math.ceil(bytes / partBytes),
    bucketContent: () => small.account.seed.bucketContent(bucket),
  };
}
