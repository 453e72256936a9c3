import type { Logger } from '../base/logger.ts';
import type { FunctionSettings } from '../emulator/functionSettings.ts';
import type { EventStreamLoader } from '../emulator/invoke/invokeApi.ts';
import type { LayerStore } from '../opt/layerStack.ts';
import type { Isolation } from '../run/isolation.ts';
import type { LayerCache } from '../run/layerCache.ts';
import type { RunListener } from './attachment.ts';
import type { LaunchConfiguration } from './launchConfiguration.ts';

/** What a run takes from its surroundings. */
export interface RunServices {
  readonly store: LayerStore;
  readonly cache: LayerCache;
  /** Where the run's temporary folder is made. */
  readonly temporaryParent: string;
  readonly eventStream?: EventStreamLoader;
  /** Whether every call of the emulator's APIs is noted in the log. */
  readonly traceCalls?: boolean;
  readonly logger: Logger;
}

/** Variables of a run that are paths or references, resolved by the caller. */
export interface RunFiles {
  /** Absolute path of the code folder or zip; absent only for a runtime that the user starts. */
  readonly code?: string | undefined;
  /** Absolute paths of the layers, in order. */
  readonly layers: readonly string[];
  readonly envFile: string | undefined;
}

/** What a run is made of, once everything that its configuration names was found. */
export interface RunParts {
  readonly configuration: LaunchConfiguration;
  readonly settings: FunctionSettings;
  readonly files: RunFiles;
  readonly services: RunServices;
  readonly listener: RunListener;
  /** `undefined` for a runtime that the user starts. */
  readonly isolation: Isolation | undefined;
  /** The run's own temporary folder. */
  readonly folder: string;
  /** Of `env` and `envFile` together. */
  readonly variables: Readonly<Record<string, string>>;
}
