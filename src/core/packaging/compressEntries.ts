import type { ArchiveWriter } from './archiveWriter.ts';
import { EntryTable } from './entryTable.ts';
import { LargeEntry } from './largeEntry.ts';
import { blockBytes, planParts, type PlannedPart } from './packagingPlan.ts';
import type { ProgressReporter } from './packagingProgress.ts';
import type { WorkerPool } from './workerPool.ts';
import type { JobKind, JobRequest, JobResult, PackagingSource } from './workerProtocol.ts';

/** What compressing works with. */
export interface CompressContext {
  readonly pool: WorkerPool;
  readonly source: PackagingSource;
  readonly writer: ArchiveWriter;
  readonly progress: ProgressReporter;
  readonly signal: AbortSignal | undefined;
}

/** Results wait in the order of the archive; this many blocks a thread bound the memory and keep all threads busy. */
const aheadPerWorker = 3;

/** Deflates all entries of a table in the pool's threads and writes them in the table's order. */
export async function compressEntries(context: CompressContext): Promise<void> {
  const table = new EntryTable(context.source.table);
  const total = table.totalSize();
  let done = 0;
  const ahead: Step[] = [];
  const next = async (step: Step | undefined): Promise<void> => {
    if (step === undefined) return;
    await step.write();
    context.signal?.throwIfAborted();
    done += step.bytes;
    context.progress.report({ phase: 'compress', done, total, path: table.name(step.index) });
  };
  for (const step of steps(context, table)) {
    ahead.push(step);
    if (ahead.length >= context.pool.size * aheadPerWorker) await next(ahead.shift());
  }
  while (ahead.length > 0) await next(ahead.shift());
}

/** A job that was started, and what to do with its result when its turn comes. */
interface Step {
  readonly index: number;
  /** The bytes of content that it deals with. */
  readonly bytes: number;
  write(): Promise<void>;
}

function* steps(context: CompressContext, table: EntryTable): Generator<Step, void, undefined> {
  for (const part of planParts(table)) {
    if (part.kind === 'batch') yield batchStep(context, part);
    else yield* largeSteps(context, table, part.index);
  }
}

function batchStep(context: CompressContext, part: PlannedPart & { readonly kind: 'batch' }): Step {
  const request = { ...context.source, from: part.from, to: part.to };
  return step(context, 'batch', request, { index: part.to - 1, bytes: part.bytes }, (result) =>
    context.writer.append(result.bytes),
  );
}

function* largeSteps(
  context: CompressContext,
  table: EntryTable,
  index: number,
): Generator<Step, void, undefined> {
  const entry = new LargeEntry(context.source, table, index, context.writer);
  const size = table.sizes[index] ?? 0;
  for (let start = 0; start < size; start += blockBytes) {
    const end = Math.min(start + blockBytes, size);
    const request = { ...context.source, index, start, end };
    yield step(context, 'block', request, { index, bytes: end - start }, (result) => entry.append(result));
  }
  yield step(context, 'digest', { ...context.source, index }, { index, bytes: 0 }, (result) =>
    entry.finish(result, context.signal),
  );
}

function step<K extends JobKind>(
  context: CompressContext,
  kind: K,
  request: JobRequest<K>,
  about: { readonly index: number; readonly bytes: number },
  write: (result: JobResult<K>) => Promise<void>,
): Step {
  const result = context.pool.run(kind, request);
  result.catch(() => undefined); // heard of when its turn comes; if an earlier one fails, never
  return { ...about, write: async () => write(await result) };
}
