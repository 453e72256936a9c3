import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { isRecord } from '../../core/base/json.ts';

/** The zip that a layer was last packaged to. */
export interface LastPackage {
  /** Absolute path. */
  readonly file: string;
  readonly zippedBytes: number;
  /** ISO 8601. */
  readonly packaged: string;
}

const stateKey = 'lambdaLayers.packages';
/** Layers that are remembered; the longest untouched one goes first. */
const maxRemembered = 100;

/** Remembers for a workspace where its layers were last packaged to. */
export class Packages implements vscode.Disposable {
  readonly #state: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  /** The last package of the layer in a folder; `undefined` when there is none, or not any more. */
  last(folder: string): LastPackage | undefined {
    const known = this.#all()[folder];
    if (!isRecord(known)) return undefined;
    const { file, zippedBytes, packaged } = known;
    if (typeof file !== 'string' || typeof zippedBytes !== 'number' || typeof packaged !== 'string')
      return undefined;
    return existsSync(file) ? { file, zippedBytes, packaged } : undefined;
  }

  async remember(folder: string, { file, zippedBytes }: Omit<LastPackage, 'packaged'>): Promise<void> {
    const others = Object.entries(this.#all()).filter(([known]) => known !== folder);
    const packaged: LastPackage = { file, zippedBytes, packaged: new Date().toISOString() };
    const all = [...others, [folder, packaged] as const];
    await this.#state.update(stateKey, Object.fromEntries(all.slice(-maxRemembered)));
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #all(): Readonly<Record<string, unknown>> {
    const kept = this.#state.get<unknown>(stateKey);
    return isRecord(kept) ? kept : {};
  }
}
