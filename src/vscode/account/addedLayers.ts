import * as vscode from 'vscode';
import { placeKey, readPlaces, type AccountPlace } from '../../core/account/accountPlace.ts';
import { layerArnOf } from '../../core/account/layerNames.ts';
import { isPublishedLayer } from '../../core/layer/layerReference.ts';

const stateKey = 'lambdaLayers.publishedLayers';

/** A layer that somebody added by ARN, and the place it is looked at from. */
export interface AddedLayer {
  readonly versionArn: string;
  readonly where: AccountPlace;
}

/** Layers of other accounts, which no listing has: kept by ARN for all windows. */
export class AddedLayers implements vscode.Disposable {
  readonly #state: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<AccountPlace>();
  /** One was added to a place, or removed. */
  readonly onDidChange = this.#changed.event;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  /** Those of one place, in order. */
  of(where: AccountPlace): AddedLayer[] {
    return this.#all().filter((each) => placeKey(each.where) === placeKey(where));
  }

  /** Adds a version, in place of another one of the same layer. */
  async add(added: AddedLayer): Promise<void> {
    await this.#keep(added.where, [...this.#others(added), added]);
  }

  async remove(added: AddedLayer): Promise<void> {
    await this.#keep(added.where, this.#others(added));
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #keep(where: AccountPlace, all: readonly AddedLayer[]): Promise<void> {
    await this.#state.update(stateKey, all);
    this.#changed.fire(where);
  }

  #others(added: AddedLayer): AddedLayer[] {
    return this.#all().filter((each) => !sameLayer(each, added));
  }

  #all(): AddedLayer[] {
    const kept = this.#state.get<unknown>(stateKey);
    return Array.isArray(kept) ? kept.flatMap(readAdded) : [];
  }
}

function readAdded(kept: unknown): AddedLayer[] {
  if (typeof kept !== 'object' || kept === null || !('versionArn' in kept) || !('where' in kept)) return [];
  const { versionArn } = kept;
  const [where] = readPlaces([kept.where]);
  if (typeof versionArn !== 'string' || !isPublishedLayer(versionArn) || where === undefined) return [];
  return [{ versionArn, where }];
}

function sameLayer(one: AddedLayer, other: AddedLayer): boolean {
  const isSamePlace = placeKey(one.where) === placeKey(other.where);
  return isSamePlace && layerArnOf(one.versionArn) === layerArnOf(other.versionArn);
}
