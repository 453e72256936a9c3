import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { downloadContent, writeFully } from '../../../../src/core/account/contentDownload.ts';
import { LayerDownloads } from '../../../../src/core/account/layerDownloads.ts';
import type { LambdaGateway } from '../../../../src/core/account/ports.ts';
import type { Answer } from '../../../support/motoGaps.ts';
import { useAws } from '../../../support/motoAws.ts';
import { useTemporaryFolders } from '../../../support/temporaryFolder.ts';
import { userError } from '../../../support/userError.ts';

describe('Downloads of layer versions', function () {
  this.timeout(60_000);
  const aws = useAws();
  const temporaryFolder = useTemporaryFolders();
  const zip = randomBytes(3_000_000);
  const fast = { retryMilliseconds: 1 };
  let arn: string;
  let folder: string;
  let downloads: LayerDownloads;
  let gateway: LambdaGateway;

  before(async () => {
    arn = await aws.seed.layer({ name: 'big', zip });
  });
  beforeEach(() => {
    folder = temporaryFolder();
    downloads = new LayerDownloads(folder);
    gateway = aws.connect().gateway;
    aws.proxy.clear();
  });

  /** The same server, as if it were AWS itself. */
  const asAws = () =>
    ({
      region: gateway.region,
      endpointUrl: undefined,
      getContent: (wanted: string) => gateway.getContent(wanted),
    }) as LambdaGateway;

  /** Everything below the cache's folder. */
  const files = () =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);

  it('give the very bytes, and come from the cache the second time', async () => {
    const progress: number[] = [];
    const first = await downloads.fetch(gateway, arn, { onProgress: (done) => progress.push(done) });
    assert.deepEqual(readFileSync(first.file), zip);
    assert.equal(first.origin, 'network');
    assert.match(first.file, /big-1-[0-9a-f]{16}\.zip$/);
    assert.deepEqual(
      progress,
      [...progress].sort((a, b) => a - b),
    );
    assert.equal(progress.at(-1), zip.length);
    assert.deepEqual(await downloads.fetch(gateway, arn), { ...first, origin: 'cache' });
    assert.equal(aws.proxy.count('Download'), 1);
  });

  it('of AWS itself are found again without any call', async () => {
    const real = asAws();
    const { file } = await downloads.fetch(real, arn);
    aws.proxy.clear();
    assert.deepEqual(await downloads.fetch(real, arn), { arn, file, origin: 'cache' });
    assert.equal(await downloads.cached(arn), file);
    assert.deepEqual(aws.proxy.operations, []);
  });

  it('resume where the connection broke', async () => {
    aws.proxy.fault('Download', { kind: 'cut', afterBytes: 1_000_000 });
    aws.proxy.fault('Download', { kind: 'cut', afterBytes: 1_000_000 });
    const { file } = await downloads.fetch(gateway, arn, fast);
    assert.deepEqual(readFileSync(file), zip);
    assert.equal(aws.proxy.count('Download'), 3);
  });

  it('begin anew with a server that cannot resume', async () => {
    const whole = (answer: Answer): Answer => ({ ...answer, status: 200, headers: {}, body: zip });
    aws.proxy.fault('Download', { kind: 'cut', afterBytes: 1_000_000 });
    aws.proxy.fault('Download', { kind: 'alter', alter: whole });
    const { file } = await downloads.fetch(gateway, arn, fast);
    assert.deepEqual(readFileSync(file), zip);
  });

  it('get a fresh address when the one in use has expired', async () => {
    aws.proxy.fault('Download', { kind: 'cut', afterBytes: 1_000_000 });
    aws.proxy.fault('Download', { kind: 'error', status: 403, name: 'AccessDenied' });
    const { file } = await downloads.fetch(gateway, arn, fast);
    assert.deepEqual(readFileSync(file), zip);
    assert.equal(aws.proxy.count('GetLayerVersion'), 2);
  });

  it('are given up after six attempts, and leave nothing', async () => {
    aws.proxy.fault('Download', { kind: 'error', status: 503, name: 'SlowDown' }, { times: 99 });
    await assert.rejects(downloads.fetch(gateway, arn, fast), userError('NetworkFailed', 'big:1', '503'));
    assert.equal(aws.proxy.count('Download'), 6);
    assert.deepEqual(files(), []);
  });

  it('with another content are refused, and leave nothing', async () => {
    const corrupt = (answer: Answer): Answer => {
      const body = Buffer.from(answer.body);
      body[5] = (body[5] ?? 0) ^ 1;
      return { ...answer, body };
    };
    aws.proxy.fault('Download', { kind: 'alter', alter: corrupt });
    await assert.rejects(downloads.fetch(gateway, arn, fast), userError('DigestMismatch', 'big:1'));
    assert.deepEqual(files(), []);
  });

  it('that are longer than AWS says are refused', async () => {
    const longer = (answer: Answer): Answer => ({ ...answer, body: Buffer.concat([zip, zip]) });
    aws.proxy.fault('Download', { kind: 'alter', alter: longer });
    await assert.rejects(downloads.fetch(gateway, arn, fast), userError('NetworkFailed', 'larger'));
    assert.deepEqual(files(), []);
  });

  it('on which nothing comes any more are begun again', async () => {
    aws.proxy.fault('Download', { kind: 'hold' });
    const { file } = await downloads.fetch(gateway, arn, { ...fast, stallMilliseconds: 1_000 });
    assert.deepEqual(readFileSync(file), zip);
    assert.equal(aws.proxy.count('Download'), 2);
  });

  for (const [phase, operation] of [
    ['the address is asked for', 'GetLayerVersion'],
    ['the content is asked for', 'Download'],
  ] as const) {
    it(`that are cancelled while ${phase} leave nothing`, async () => {
      aws.proxy.fault(operation, { kind: 'hold' });
      const controller = new AbortController();
      const download = downloads.fetch(gateway, arn, { signal: controller.signal });
      await aws.proxy.arrived(operation);
      controller.abort();
      await assert.rejects(download, { name: 'AbortError' });
      assert.deepEqual(files(), []);
    });
  }

  it('that are cancelled in the middle leave nothing', async () => {
    const controller = new AbortController();
    const cancel = (): void => controller.abort();
    const download = downloads.fetch(gateway, arn, { signal: controller.signal, onProgress: cancel });
    await assert.rejects(download, { name: 'AbortError' });
    assert.deepEqual(files(), []);
  });

  it('that are cancelled while a fresh address is asked for are not begun', async () => {
    const location = await gateway.getContent(arn);
    const controller = new AbortController();
    const request = {
      ...{ name: 'big:1', file: join(folder, 'big.zip'), location },
      locate: () => {
        controller.abort();
        return Promise.resolve(location);
      },
    };
    aws.proxy.fault('Download', { kind: 'error', status: 403, name: 'AccessDenied' });
    await assert.rejects(downloadContent(request, { ...fast, signal: controller.signal }), {
      name: 'AbortError',
    });
    assert.equal(aws.proxy.count('Download'), 1);
    assert.deepEqual(files(), []);
  });

  it('are written whole, also when the system takes little at a time', async () => {
    const written: number[] = [];
    const write = (chunk: Uint8Array, offset: number, _length: number, position: number) => {
      written[position] = chunk[offset] ?? -1;
      return Promise.resolve({ bytesWritten: 1, buffer: chunk });
    };
    await writeFully({ write } as unknown as FileHandle, Uint8Array.of(7, 8, 9), 2);
    assert.deepEqual(written.slice(2), [7, 8, 9]);
  });

  it('that run are not disturbed when the cache is cleared', async () => {
    const { file } = await downloads.fetch(gateway, arn);
    const other = await aws.seed.layer({ name: 'cleared', zip: Buffer.from('other') });
    aws.proxy.fault('Download', { kind: 'hold' });
    const downloading = downloads.fetch(gateway, other);
    await aws.proxy.arrived('Download', 2);
    await downloads.clear();
    assert.equal(existsSync(file), false);
    aws.proxy.release();
    assert.equal(readFileSync((await downloading).file).toString(), 'other');
    await downloads.clear();
    assert.equal(existsSync(folder), false);
  });

  it('remove what a killed process left', async () => {
    const { file } = await downloads.fetch(gateway, arn);
    const left = join(dirname(file), '.partial-999999999-x');
    writeFileSync(left, 'half');
    const other = await aws.seed.layer({ name: 'big', zip: Buffer.from('other') });
    mkdirSync(dirname(file).replace(/1$/, '2'), { recursive: true });
    writeFileSync(join(dirname(file).replace(/1$/, '2'), '.partial-999999999-x'), 'half');
    await downloads.fetch(gateway, other);
    assert.deepEqual(
      files().filter((name) => name.startsWith('.partial')),
      ['.partial-999999999-x'],
    );
    assert.ok(existsSync(left));
  });

  it('are copied to where somebody wants them', async () => {
    const destination = join(temporaryFolder(), 'saved', 'big.zip');
    assert.equal((await downloads.save(gateway, arn, destination)).file, destination);
    assert.deepEqual(readFileSync(destination), zip);
    assert.deepEqual(readdirSync(dirname(destination)), ['big.zip']);
  });

  it('say when the place cannot be written, and leave the place as it was', async () => {
    const taken = join(temporaryFolder(), 'taken');
    mkdirSync(join(taken, 'inside'), { recursive: true });
    await assert.rejects(downloads.save(gateway, arn, taken), userError('OutputInvalid', 'taken'));
    assert.deepEqual(readdirSync(dirname(taken)), ['taken']);
  });

  it('of a layer of AWS itself are asked for each time, and are what it holds then', async () => {
    const own = `arn:aws:lambda:::awslayer:AmazonLinux1803`;
    await assert.rejects(downloads.fetch(gateway, own), userError('AccessDenied', 'AmazonLinux1803 (AWS)'));
    const real = asAws();
    aws.proxy.gaps.awsLayers.set(own, Buffer.from('first'));
    const { file } = await downloads.fetch(real, own);
    assert.equal(readFileSync(file).toString(), 'first');
    assert.match(file, /\/aws\/awslayer\/AmazonLinux1803\/AmazonLinux1803-[0-9a-f]{16}\.zip$/);
    assert.equal((await downloads.fetch(real, own)).origin, 'cache');
    aws.proxy.gaps.awsLayers.set(own, Buffer.from('second'));
    assert.equal(await downloads.cached(own), undefined);
    assert.equal(readFileSync((await downloads.fetch(real, own)).file).toString(), 'second');
  });

  it('are refused for what is no layer version', async () => {
    await assert.rejects(downloads.fetch(gateway, '../../x'), userError('LayerReferenceInvalid', '../../x'));
  });
});
