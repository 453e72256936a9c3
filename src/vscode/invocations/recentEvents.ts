import type * as vscode from 'vscode';
import {
  readRecentEvents,
  type RecentEvent,
  withoutRecentEvent,
  withRecentEvent,
} from '../../core/events/recentEvents.ts';
import { Throttle } from './throttle.ts';

const stateKey = 'lambdaLayers.recentEvents';

/** The least time between two writes, in milliseconds: events may come by the hundreds in a second. */
const saveIntervalMs = 1000;

/** The events that were sent last in this workspace, the newest first. */
export class RecentEvents implements vscode.Disposable {
  readonly #state: vscode.Memento;
  readonly #saving = new Throttle(saveIntervalMs, () => void this.#state.update(stateKey, this.list));
  #list: readonly RecentEvent[] | undefined;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  get list(): readonly RecentEvent[] {
    this.#list ??= readRecentEvents(this.#state.get<unknown>(stateKey));
    return this.#list;
  }

  add(event: RecentEvent): void {
    this.#list = withRecentEvent(this.list, event);
    this.#saving.request();
  }

  remove(text: string): void {
    this.#list = withoutRecentEvent(this.list, text);
    this.#saving.request();
  }

  dispose(): void {
    this.#saving.flush();
    this.#saving.dispose();
  }
}
