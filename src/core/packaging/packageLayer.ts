import { availableParallelism } from 'node:os';
import { UserError } from '../base/errors.ts';
import { silentLogger, type Logger } from '../base/logger.ts';
import { ArchiveWriter } from './archiveWriter.ts';
import { compressEntries } from './compressEntries.ts';
import { EntryTable } from './entryTable.ts';
import { layoutPrefix } from './layout.ts';
import { resolvePaths, type PackagingPaths } from './packagingPaths.ts';
import { ProgressReporter, type PackagingProgress } from './packagingProgress.ts';
import type { LeftOut, ScanResult } from './scanFolder.ts';
import { WorkerPool } from './workerPool.ts';
import type { PackagingSource } from './workerProtocol.ts';

/** What to package. */
export interface PackageLayerRequest {
  /** The folder. */
  readonly path: string;
  /** The archive; by default beside the folder, with its name and `.zip`. An existing file is replaced. */
  readonly output?: string;
  /** Where in `/opt` the folder's content goes: `as-is` (default) or a folder that runtimes search. */
  readonly layout?: string;
}

/** What packaging needs from its surroundings. */
export interface PackageLayerContext {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: PackagingProgress) => void;
  readonly logger?: Logger;
  /** Decides how executable files are told; the system's own by default. */
  readonly platform?: NodeJS.Platform;
}

/** A finished archive. */
export interface PackagedLayer {
  /** Absolute path. */
  readonly file: string;
  /** SHA-256 of the archive in base64, as Lambda's `CodeSha256`. The same for the same content and the same zlib. */
  readonly sha256Base64: string;
  /** Bytes of the archive. */
  readonly zippedBytes: number;
  /** Bytes of all contents, a link counting as its target's text. */
  readonly unzippedBytes: number;
  readonly entries: number;
  /** SHA-256 of names, modes and contents in hexadecimal: the same on every machine. See `hashContent`. */
  readonly contentHash: string;
  /** What the ignore rules kept out. */
  readonly leftOut: LeftOut;
}

/** More threads than this gain nothing that a developer's machine would not miss elsewhere. */
const maxWorkers = 2;

/**
 * Packages a folder as a layer's zip: the same folder gives the same bytes, whatever its times, owners and order on
 * disk. Reading and deflating happen in threads. Cancelling rejects with the signal's reason; then, as after any
 * failure, nothing stays behind and an existing output is as before.
 *
 * Throws `PathNotFound`, `LayerReferenceInvalid` (no folder, or an empty one), `ConfigurationInvalid` (layout, ignore
 * file), `OutputInvalid`, and `ArchiveEntryInvalid` naming what cannot be stored or read.
 */
export async function packageLayer(
  request: PackageLayerRequest,
  context: PackageLayerContext = {},
): Promise<PackagedLayer> {
  const { signal, logger = silentLogger } = context;
  signal?.throwIfAborted();
  const prefix = layoutPrefix(request.layout);
  const paths = await resolvePaths(request.path, request.output);
  const pool = new WorkerPool(Math.min(maxWorkers, availableParallelism()));
  const onAbort = (): void => pool.fail(signal?.reason);
  signal?.addEventListener('abort', onAbort);
  try {
    signal?.throwIfAborted();
    const run: PackagingRun = {
      context,
      pool,
      paths,
      prefix,
      progress: new ProgressReporter(context.onProgress),
    };
    const layer = await packageFolder(run, await scan(run));
    logger.info(describeLayer(layer));
    return layer;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await pool.close();
  }
}

interface PackagingRun {
  readonly context: PackageLayerContext;
  readonly pool: WorkerPool;
  readonly paths: PackagingPaths;
  readonly prefix: string;
  readonly progress: ProgressReporter;
}

async function scan(run: PackagingRun): Promise<ScanResult> {
  const { root, outputInside: output } = run.paths;
  const platform = run.context.platform ?? process.platform;
  run.progress.report({ phase: 'scan', done: 0, total: 0 });
  const request = { root, prefix: run.prefix, platform, output };
  const result = await run.pool.run('scan', request, (progress) =>
    run.progress.report({ phase: 'scan', total: 0, ...progress }),
  );
  if (result.table.count > 0) return result;
  throw new UserError(
    'LayerReferenceInvalid',
    `There is nothing to package in ${root}.`,
    'Add the content first.',
  );
}

async function packageFolder(run: PackagingRun, { table, leftOut }: ScanResult): Promise<PackagedLayer> {
  const { pool, progress, paths } = run;
  const { signal, platform = process.platform } = run.context;
  const source: PackagingSource = { root: paths.root, prefixLength: run.prefix.length, platform, table };
  const unzippedBytes = new EntryTable(table).totalSize();
  const writer = await ArchiveWriter.open(paths.output);
  try {
    progress.report({ phase: 'compress', done: 0, total: unzippedBytes });
    await compressEntries({ pool, source, writer, progress, signal });
    const hashes = await finish(run, table, writer);
    signal?.throwIfAborted();
    await writer.commit();
    return {
      file: paths.output,
      ...hashes,
      zippedBytes: writer.position,
      unzippedBytes,
      entries: table.count,
      leftOut,
    };
  } finally {
    await writer.discard();
  }
}

async function finish(
  { pool, progress }: PackagingRun,
  table: ScanResult['table'],
  writer: ArchiveWriter,
): Promise<Pick<PackagedLayer, 'contentHash' | 'sha256Base64'>> {
  const directory = await pool.run('directory', { table });
  await writer.append(directory.bytes);
  const total = writer.position;
  progress.report({ phase: 'write', done: 0, total });
  const [content, archive] = await Promise.all([
    pool.run('contentHash', { table }),
    pool.run('archiveHash', { file: writer.partialFile }, ({ done }) =>
      progress.report({ phase: 'write', done, total }),
    ),
  ]);
  return { ...content, ...archive };
}

function describeLayer(layer: PackagedLayer): string {
  const kept = `${layer.entries} entries, ${layer.unzippedBytes} bytes in ${layer.zippedBytes}`;
  return `Packaged ${layer.file}: ${kept}; left out: ${layer.leftOut.count === 0 ? 'nothing' : layer.leftOut.paths.join(', ')}`;
}
