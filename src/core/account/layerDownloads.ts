import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemErrorCode, UserError } from '../base/errors.ts';
import { parseAwsLayerArn } from '../layer/layerArn.ts';
import { downloadContent, partialPrefix, type DownloadOptions } from './contentDownload.ts';
import { requireVersionArn, shortName } from './layerNames.ts';
import type { ContentLocation, LambdaGateway } from './ports.ts';

/** A layer version's zip on this machine. */
export interface DownloadedLayer {
  readonly arn: string;
  /** Absolute path of the zip. */
  readonly file: string;
  readonly origin: 'cache' | 'network';
}

/**
 * Zips of published versions, kept for good under ARN and digest, since versions never change. Of a layer of AWS itself,
 * which has no versions, and of a server that
 * stands in for AWS the digest is asked for each time: it may have begun anew and given the same number again.
 */
export class LayerDownloads {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * A version's zip, verified against `CodeSha256`; from the cache without any call when AWS itself is asked.
   * Rejects with `LayerReferenceInvalid`, as `downloadContent`, as the gateway, or with the signal's reason.
   */
  async fetch(
    gateway: LambdaGateway,
    versionArn: string,
    options: DownloadOptions = {},
  ): Promise<DownloadedLayer> {
    const folder = this.#folderOf(versionArn, gateway.endpointUrl);
    const known = gateway.endpointUrl === undefined ? await this.cached(versionArn) : undefined;
    if (known !== undefined) return { arn: versionArn, file: known, origin: 'cache' };
    const locate = (signal: AbortSignal | undefined): Promise<ContentLocation> =>
      gateway.getContent(versionArn, { signal });
    const location = await locate(options.signal);
    const file = join(folder, zipName(versionArn, location.codeSha256));
    if (await isFile(file)) return { arn: versionArn, file, origin: 'cache' };
    await removeAbandoned(folder);
    await downloadContent({ name: shortName(versionArn), file, location, locate }, options);
    return { arn: versionArn, file, origin: 'network' };
  }

  /**
   * The zip of a version that was downloaded from AWS before, without any call. What a layer of AWS itself holds may
   * change, so it is asked for each time. @throws `LayerReferenceInvalid`
   */
  async cached(versionArn: string): Promise<string | undefined> {
    if (parseAwsLayerArn(versionArn) !== undefined) return undefined;
    const folder = this.#folderOf(versionArn, undefined);
    const names = await readdir(folder).catch(() => []);
    const found = names.find((name) => name.endsWith('.zip'));
    return found === undefined ? undefined : join(folder, found);
  }

  /**
   * Downloads a version and puts a copy where the person wants it; an existing file is replaced whole or not at all.
   * Rejects as `fetch`, with `OutputInvalid` when it cannot be written.
   */
  async save(
    gateway: LambdaGateway,
    versionArn: string,
    destination: string,
    options: DownloadOptions = {},
  ): Promise<DownloadedLayer> {
    const { file, origin } = await this.fetch(gateway, versionArn, options);
    options.signal?.throwIfAborted();
    const partial = join(
      dirname(destination),
      `${partialPrefix}${process.pid}-${zipName(versionArn, destination)}`,
    );
    try {
      await mkdir(dirname(destination), { recursive: true });
      await copyFile(file, partial);
      await rename(partial, destination);
    } catch (error) {
      await rm(partial, { force: true });
      const fact = systemErrorCode(error) ?? String(error);
      throw new UserError(
        'OutputInvalid',
        `${destination} cannot be written (${fact}).`,
        'Choose another place.',
        {
          cause: error,
        },
      );
    }
    return { arn: versionArn, file: destination, origin };
  }

  /** Removes everything but what is being downloaded. */
  async clear(): Promise<void> {
    await removeUnused(this.#folder);
  }

  /**
   * `<partition>/<region>/<account>/<name>/<version>`, for layers of AWS `<partition>/awslayer/<name>`; what a stand-in
   * gave is kept apart.
   */
  #folderOf(versionArn: string, endpointUrl: string | undefined): string {
    const source = (partition: string): string =>
      join(this.#folder, endpointUrl === undefined ? partition : `endpoint-${hex(endpointUrl).slice(0, 12)}`);
    const own = parseAwsLayerArn(versionArn);
    if (own !== undefined) return join(source(own.partition), 'awslayer', own.name);
    const { partition, region, account, name, version } = requireVersionArn(versionArn);
    return join(source(partition), region, account, name, String(version));
  }
}

/** Named for the layer, since people see it; the digest makes it unmistakable. */
function zipName(versionArn: string, codeSha256: string): string {
  const name = parseAwsLayerArn(versionArn)?.name ?? shortName(versionArn).replace(':', '-');
  return `${name}-${hex(codeSha256).slice(0, 16)}.zip`;
}

function hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}

/** Removes what downloads left whose process was killed. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (ownerOf(name) !== undefined && !isRunning(name)) await rm(join(folder, name), { force: true });
  }
}

/** Removes a folder and all that is in it, except for files of running downloads and where they are. */
async function removeUnused(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await removeUnused(path);
    else if (!isRunning(entry.name)) await rm(path, { force: true });
  }
  await rmdir(folder).catch(() => undefined); // it is not empty, or gone
}

function isRunning(name: string): boolean {
  const owner = ownerOf(name);
  return owner !== undefined && isAlive(owner);
}

/** The process that writes a file; `undefined` for finished ones. */
function ownerOf(name: string): number | undefined {
  if (!name.startsWith(partialPrefix)) return undefined;
  const pid = /^\d+/.exec(name.slice(partialPrefix.length))?.[0];
  return pid === undefined ? undefined : Number(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) === 'EPERM'; // somebody else's, but alive
  }
}
