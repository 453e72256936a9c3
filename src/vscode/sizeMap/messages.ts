import type { SizePlace } from '../../core/opt/sizePlace.ts';
import type { SizeNode } from '../../core/opt/sizeTree.ts';

/** A stack whose sizes are shown; the page keeps it, so that a window that was reloaded can show it again. */
export interface SizeTarget {
  /** Absolute paths of the layers, in order. */
  readonly paths: readonly string[];
  readonly functionName?: string;
  /** Absolute path of the function's code, when it is known. */
  readonly code?: string;
}

/** One contributor: a layer, or the code. */
export interface ShownPart {
  readonly kind: 'layer' | 'code';
  /** `1 greetings`, or `Code`. */
  readonly label: string;
  readonly bytes: number;
  readonly shadowedBytes: number;
}

/** Everything that the page draws. */
export interface ShownMap {
  readonly type: 'show';
  readonly target: SizeTarget;
  /** The function's or the layers' names. */
  readonly heading: string;
  /** `112 of 250 MB`. */
  readonly budget: string;
  readonly totalBytes: number;
  readonly limitBytes: number;
  readonly parts: readonly ShownPart[];
  /** The directory that is looked at; absent for the whole stack. */
  readonly place?: SizePlace;
  readonly nodes: readonly SizeNode[];
}

/** What the extension tells the page. */
export type HostMessage =
  ShownMap | { readonly type: 'loading' } | { readonly type: 'failed'; readonly message: string };

/** What the page asks of the extension. */
export type PageMessage =
  | { readonly type: 'ready' | 'zoom'; readonly place?: SizePlace }
  | { readonly type: 'open'; readonly place: SizePlace };

/** Reads what came from the page, which may be anything; `undefined` when it is not one of its messages. */
export function readPageMessage(value: unknown): PageMessage | undefined {
  if (!isRecord(value)) return undefined;
  const { type } = value;
  const place = readPlace(value['place']);
  if (value['place'] !== undefined && place === undefined) return undefined;
  if (type === 'open') return place === undefined ? undefined : { type, place };
  if (type !== 'ready' && type !== 'zoom') return undefined;
  return place === undefined ? { type } : { type, place };
}

/** Reads the target from a state that the page kept; `undefined` when there is none in it. */
export function readTarget(state: unknown): SizeTarget | undefined {
  const target = isRecord(state) ? state['target'] : undefined;
  if (!isRecord(target)) return undefined;
  const { paths, functionName, code } = target;
  if (!Array.isArray(paths) || !paths.every((path) => typeof path === 'string')) return undefined;
  return {
    paths,
    ...(typeof functionName === 'string' ? { functionName } : {}),
    ...(typeof code === 'string' ? { code } : {}),
  };
}

/** Reads a place; `undefined` when it is not one. */
export function readPlace(value: unknown): SizePlace | undefined {
  if (!isRecord(value)) return undefined;
  const { part, path } = value;
  if (typeof part !== 'number' || !Number.isInteger(part) || part < 0) return undefined;
  return typeof path === 'string' ? { part, path } : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
