import * as vscode from 'vscode';
import { describeError } from '../../core/base/errors.ts';
import type { Logger } from '../../core/base/logger.ts';
import type { Finding } from '../../core/checks/finding.ts';
import type { LayerStore } from '../../core/opt/layerStack.ts';
import type { Stacks } from '../optFiles/stacks.ts';

/** A stack as it is checked. */
export interface CheckedStack {
  /** Absolute paths of the layers, in order. */
  readonly paths: readonly string[];
  /** Absolute path of the function's code. */
  readonly code?: string;
  readonly runtime?: string;
  readonly architecture?: string;
}

/** What was found in one stack. */
export interface StackFindings {
  readonly stack: CheckedStack;
  readonly findings: readonly Finding[];
}

/**
 * Keeps the findings of the stacks that somebody looked at, and checks them again when their layers change. Nothing
 * is checked before it is looked at.
 */
export class CheckStore implements vscode.Disposable {
  readonly #store: LayerStore;
  readonly #stacks: Stacks;
  readonly #logger: Logger;
  readonly #results = new Map<string, Promise<StackFindings>>();
  readonly #known = new Map<string, readonly Finding[] | 'failed'>();
  readonly #finished = new vscode.EventEmitter<StackFindings>();
  readonly #failed = new vscode.EventEmitter<void>();
  /** Fires when a stack could not be checked, because a layer cannot be opened. */
  readonly onDidFail = this.#failed.event;
  readonly #subscriptions: vscode.Disposable;
  /** Fires when a stack was checked, also when nothing was found. */
  readonly onDidCheck = this.#finished.event;

  constructor(store: LayerStore, stacks: Stacks, logger: Logger) {
    this.#store = store;
    this.#stacks = stacks;
    this.#logger = logger;
    this.#subscriptions = vscode.Disposable.from(
      this.#finished,
      this.#failed,
      stacks.onDidChangeLayers((paths) => this.#forget(paths)),
    );
  }

  /** Findings of a stack as far as they are known now; starts checking when they are not. */
  peek(stack: CheckedStack): readonly Finding[] | 'failed' | undefined {
    const known = this.#known.get(keyOf(stack));
    if (known === undefined) this.findings(stack).catch(() => undefined); // the layer's own row says why
    return known;
  }

  /** Findings of a stack; checked when they are not known. @throws UserError as `openLayer` */
  async findings(stack: CheckedStack): Promise<readonly Finding[]> {
    const key = keyOf(stack);
    const known = this.#results.get(key);
    if (known !== undefined) return (await known).findings;
    const result = this.#check(stack);
    this.#results.set(key, result);
    result.then(
      (found) => {
        this.#known.set(key, found.findings);
        this.#finished.fire(found);
      },
      (error: unknown) => {
        this.#results.delete(key);
        const news = this.#known.get(key) !== 'failed';
        this.#known.set(key, 'failed');
        if (news) this.#failed.fire();
        this.#logger.trace(`Checking failed: ${describeError(error)}`);
      },
    );
    return (await result).findings;
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  async #check(stack: CheckedStack): Promise<StackFindings> {
    const { paths, code, runtime, architecture } = stack;
    const { checkLayers } = await import('../../core/checks/checkLayers.ts');
    const { view } = await this.#stacks.open(paths);
    const codeTree = code === undefined ? undefined : await this.#store.tree(code);
    if (code !== undefined) this.#stacks.watch(code);
    const findings = await checkLayers({
      layers: view.layers,
      ...(codeTree === undefined ? {} : { code: codeTree }),
      ...(runtime === undefined ? {} : { runtime }),
      ...(architecture === undefined ? {} : { architecture }),
    });
    return { stack, findings };
  }

  /** Checks again what was looked at and changed. */
  #forget(changed: ReadonlySet<string>): void {
    for (const [key, known] of this.#known) if (known === 'failed') this.#known.delete(key);
    for (const [key, result] of this.#results) {
      void result.then(({ stack }) => {
        const touched = [...stack.paths, stack.code].some((path) => path !== undefined && changed.has(path));
        if (!touched || this.#results.get(key) !== result) return;
        this.#results.delete(key);
        this.#known.delete(key);
        this.findings(stack).catch(() => undefined); // the tree says what is wrong with the layer
      }, undefined);
    }
  }
}

function keyOf({ paths, code, runtime, architecture }: CheckedStack): string {
  return JSON.stringify([paths, code, runtime, architecture]);
}
