import type { MergedView } from '../opt/mergedView.ts';
import type { RootPaths } from './environmentVariables.ts';
import type { FunctionCode } from './functionCode.ts';
import type { Root } from './isolation.ts';
import type { ProcessOptions } from './processGroup.ts';

/** Where a bootstrap is about to start. */
export interface BootstrapPlace {
  readonly code: FunctionCode;
  readonly view: MergedView;
  readonly root: RootPaths;
  /** The folder for temporary files, as this program sees it and as the function does. */
  readonly temporary: { readonly here: string; readonly inside: string };
  /** Path of the bootstrap as the function sees it. */
  readonly executable: string;
}

/** What a debugger changes about the start of a bootstrap. */
export interface StartChanges {
  /** Variables of the process, on top of the function's own. */
  readonly variables: Readonly<Record<string, string>>;
  /** The words of the command that starts the executable. */
  readonly command: (executable: string) => readonly string[];
  /** Makes the debugger let go of the process, whose id on this machine is given, before that is killed. */
  readonly detach: (pid: number) => Promise<void>;
  /** Told what the process writes to its file descriptor 3, which it only has then. */
  readonly onTrace?: ProcessOptions['onTrace'];
}

/** A running bootstrap, for a debugger to attach to. */
export interface StartedBootstrap {
  readonly code: FunctionCode;
  readonly view: MergedView;
  readonly root: Root;
  /** Of the bootstrap's process, on this machine. */
  readonly pid: number;
}
