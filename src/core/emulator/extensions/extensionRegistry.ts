import { randomUUID } from 'node:crypto';
import { toDisposable, type Disposable } from '../../base/disposable.ts';
import { maxExtensions } from '../limits.ts';
import type { ExtensionEvent, ExtensionSubscription } from './extensionEvents.ts';
import {
  extensionRefusal,
  extensionStates,
  type ExtensionCall,
  type ExtensionState,
  type ExtensionStep,
} from './extensionStates.ts';

/** One extension of an environment. */
export interface Extension {
  readonly id: string;
  readonly name: string;
  /** A program in `/opt/extensions`, as opposed to a part of the runtime's process. */
  readonly external: boolean;
  readonly state: ExtensionState;
  readonly subscriptions: readonly ExtensionSubscription[];
  /** Why it failed, once it has. */
  readonly errorType: string | undefined;
}

/** A call that is refused with 403. */
export interface ExtensionRefusal {
  readonly errorType: string;
  readonly errorMessage: string;
}

/** What a registry tells the environment it is part of. */
export interface RegistryEvents {
  /** An extension registered, or became ready. */
  changed(): void;
  /** An extension reported that it failed; its process is expected to end. */
  failed(kind: 'Extension.InitError' | 'Extension.ExitError'): void;
}

/** Receives the event of an extension's `next` call. */
export type ExtensionDelivery = (event: ExtensionEvent) => void;

interface Entry extends Extension {
  state: ExtensionState;
  subscriptions: readonly ExtensionSubscription[];
  errorType: string | undefined;
  /** The `next` call that waits. */
  parked: ExtensionDelivery | undefined;
  /** An event that was due before the extension asked for it. */
  pending: ExtensionEvent | undefined;
}

/** The extensions of one execution environment: who registered for what, and who is ready for the next event. */
export class ExtensionRegistry {
  readonly #events: RegistryEvents;
  readonly #entries = new Map<string, Entry>();
  #closed = false;

  constructor(events: RegistryEvents) {
    this.#events = events;
  }

  /** All extensions, external ones first. */
  get extensions(): readonly Extension[] {
    return [...this.#entries.values()];
  }

  /** Whether every external extension has registered. */
  get allRegistered(): boolean {
    return this.extensions.every(({ state }) => state !== 'Started');
  }

  /** Whether every extension waits for its next event; those that do not get an event stay ready. */
  get allReady(): boolean {
    return this.extensions.every(({ state }) => state === 'Ready');
  }

  /** Announces a program of `/opt/extensions`, which is about to be started. False when there are too many. */
  expect(name: string): boolean {
    const entry = this.#add(name, true);
    if (this.#entries.size <= maxExtensions) return true;
    this.#fail(entry, 'TooManyExtensions');
    return false;
  }

  /** The program could not be started. */
  launchFailed(name: string, errorType: 'PermissionDenied' | 'UnknownError'): void {
    const entry = this.#entries.get(name);
    if (entry !== undefined) this.#fail(entry, errorType);
  }

  /** From here on nobody can register any more: the runtime has called `next`. */
  closeRegistration(): void {
    this.#closed = true;
  }

  /** `POST register`: by name, external if a program of that name was started. */
  register(name: string, subscriptions: readonly string[]): Extension | ExtensionRefusal {
    const expected = this.#entries.get(name);
    const external = expected?.external === true;
    const wrong = subscriptions.find((event) => !isAllowed(event, external));
    if (wrong !== undefined) return invalidEvent(wrong, external);
    const refusedName = external ? undefined : this.#refuseInternal(expected);
    if (refusedName !== undefined) return refusedName;
    const entry = expected ?? this.#add(name, false);
    const refused = this.#step(entry, 'register', name);
    if (refused !== undefined) return refused;
    entry.subscriptions = [...new Set(subscriptions as ExtensionSubscription[])];
    this.#events.changed();
    return entry;
  }

  /** Finds an extension by the identifier it was given, as it stands in a request's header. */
  find(identifier: string | undefined): Extension | ExtensionRefusal {
    if (identifier === undefined || identifier === '') {
      return refusal('MissingExtensionIdentifier', 'Missing Lambda-Extension-Identifier header');
    }
    if (!uuid.test(identifier)) {
      return refusal('InvalidExtensionIdentifier', 'Invalid Lambda-Extension-Identifier');
    }
    const entry = this.extensions.find(({ id }) => id === identifier.toLowerCase());
    return entry ?? refusal('UnknownExtensionIdentifier', `Unknown extension ${identifier}`);
  }

  /** `GET event/next`. An accepted call waits until its event is delivered or the returned handle is disposed. */
  next(extension: Extension, deliver: ExtensionDelivery): Disposable | ExtensionRefusal {
    const entry = this.#own(extension);
    const refused = this.#step(entry, 'next', entry.id);
    if (refused !== undefined) return refused;
    entry.parked = deliver;
    this.#deliver(entry); // before anybody can take it for idle
    this.#events.changed();
    return toDisposable(() => {
      if (entry.parked === deliver) entry.parked = undefined;
    });
  }

  /** `POST init/error` and `exit/error`. Repeating it is allowed; the first error type stands. */
  reportError(
    extension: Extension,
    call: 'initError' | 'exitError',
    errorType: string,
  ): ExtensionRefusal | undefined {
    const entry = this.#own(extension);
    const refused = this.#step(entry, call, entry.id);
    if (refused !== undefined) return refused;
    if (entry.errorType !== undefined) return undefined;
    entry.errorType = errorType;
    this.#events.failed(call === 'initError' ? 'Extension.InitError' : 'Extension.ExitError');
    return undefined;
  }

  /** Hands an event to all who subscribed to it: at once, or when they ask for their next one. */
  dispatch(event: ExtensionEvent): void {
    for (const entry of this.#entries.values()) {
      if (!entry.subscriptions.includes(event.eventType)) continue;
      entry.pending = event;
      this.#deliver(entry);
    }
  }

  /** Nothing is delivered any more. */
  close(): void {
    this.#closed = true;
    for (const entry of this.#entries.values()) {
      entry.parked = undefined;
      entry.pending = undefined;
    }
  }

  /** The order of checks is that of the Runtime Interface Emulator (`core/registrations.go`). */
  #refuseInternal(namesake: Entry | undefined): ExtensionRefusal | undefined {
    if (this.#closed) return refusal('RegistrationClosed', 'Extension registration closed already');
    if (this.#entries.size >= maxExtensions) {
      return refusal('TooManyExtensions', `Extension limit (${maxExtensions}) reached`);
    }
    if (namesake === undefined) return undefined;
    return refusal('InvalidExtensionState', 'Extension with this name already registered');
  }

  #add(name: string, external: boolean): Entry {
    const entry: Entry = {
      id: randomUUID(),
      name,
      external,
      state: 'Started',
      subscriptions: [],
      errorType: undefined,
      parked: undefined,
      pending: undefined,
    };
    this.#entries.set(name, entry);
    return entry;
  }

  #fail(entry: Entry, errorType: string): void {
    entry.state = extensionStates[entry.state].launchError ?? entry.state;
    entry.errorType ??= errorType; // the first one stands
  }

  #own({ name }: Extension): Entry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new Error(`${name} is not an extension of this environment`);
    return entry;
  }

  #deliver(entry: Entry): void {
    const { parked, pending } = entry;
    const to = extensionStates[entry.state].dispatch;
    if (pending === undefined || to === undefined) return;
    entry.state = to;
    if (parked === undefined) return; // its connection broke; it gets the event when it comes back
    entry.parked = undefined;
    entry.pending = undefined;
    parked(pending);
  }

  #step(entry: Entry, call: ExtensionCall & ExtensionStep, who: string): ExtensionRefusal | undefined {
    const to = extensionStates[entry.state][call];
    if (to === undefined) return refusal('InvalidExtensionState', extensionRefusal(entry.state, call, who));
    entry.state = to;
    return undefined;
  }
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a call was refused. */
export function isRefusal(outcome: object): outcome is ExtensionRefusal {
  return 'errorMessage' in outcome;
}

function isAllowed(event: string, external: boolean): event is ExtensionSubscription {
  return event === 'INVOKE' || (event === 'SHUTDOWN' && external);
}

function invalidEvent(event: string, external: boolean): ExtensionRefusal {
  const reason =
    event === 'SHUTDOWN' && !external
      ? 'ShutdownEventNotSupportedForInternalExtension'
      : 'ErrorInvalidEventType';
  return refusal('InvalidEventType', `${event}: ${reason}`);
}

function refusal(type: string, errorMessage: string): ExtensionRefusal {
  return { errorType: `Extension.${type}`, errorMessage };
}
