import { tmpdir } from 'node:os';
import { isAbsolute, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../core/base/errors.ts';
import type { Logger } from '../../core/base/logger.ts';
import { loadEventStream } from '../../aws/eventStream.ts';
import { FunctionRun } from '../../core/debug/functionRun.ts';
import { LambdaSession } from '../../core/debug/lambdaSession.ts';
import { type LaunchConfiguration, readLaunchConfiguration } from '../../core/debug/launchConfiguration.ts';
import { readEventFile } from '../../core/events/eventFile.ts';
import { absolutePath } from '../../core/layer/layerReference.ts';
import type { LayerStore } from '../../core/opt/layerStack.ts';
import type { LayerCache } from '../../core/run/layerCache.ts';
import type { PublishedLayers } from '../account/publishedLayers.ts';
import type { CheckStore } from '../checks/checkStore.ts';
import type { Invocations } from '../invocations/invocations.ts';
import { settingIds, settingPrefix } from '../manifest.ts';
import type { Stacks } from '../optFiles/stacks.ts';
import type { WorkspaceModel } from '../workspace/workspaceModel.ts';
import { attachDebugger } from './childDebugger.ts';
import type { FunctionLog } from './functionLog.ts';
import { watchSources } from './watchSources.ts';
import { type RunningSession, sessionFolder, type Sessions } from './sessions.ts';

export interface AdapterServices {
  readonly model: WorkspaceModel;
  readonly published: PublishedLayers;
  readonly store: LayerStore;
  readonly stacks: Stacks;
  readonly cache: LayerCache;
  readonly sessions: Sessions;
  readonly functionLog: FunctionLog;
  readonly invocations: Invocations;
  readonly checks: CheckStore;
  readonly logger: Logger;
}

/** Makes the debug adapter of a `lambda-runtime` session, in this process. */
export class AdapterFactory implements vscode.DebugAdapterDescriptorFactory {
  readonly #services: AdapterServices;

  constructor(services: AdapterServices) {
    this.#services = services;
  }

  createDebugAdapterDescriptor(session: vscode.DebugSession): vscode.DebugAdapterDescriptor {
    if (!vscode.workspace.isTrusted) {
      throw new UserError(
        'Untrusted',
        'Functions do not run in an untrusted workspace.',
        'Trust the workspace first.',
      );
    }
    const { sessions, functionLog, invocations, stacks } = this.#services;
    const adapter = new LambdaSession({
      openRun: (raw, listener) => this.#openRun(running, raw, listener),
      firstEvent: (raw) => firstEvent(session, raw),
      editor: {
        extensionFolder: folderOfDebugType,
        setting: (name) => vscode.workspace.getConfiguration(undefined, sessionFolder(session)).get(name),
        linkTo: (path) => linkTo(path, session),
        attach: (debuggee) => attachDebugger(running, stacks, debuggee),
      },
      recentEvents: () => invocations.recent.list.map(({ text }) => text),
      onLog: (line) => functionLog.append(line),
      watch: watchSources,
    });
    const running: RunningSession = {
      session,
      adapter,
      mapping: undefined,
      paths: 'tracker',
      children: new Set(),
    };
    sessions.add(running);
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- made for this by its library
    return new vscode.DebugAdapterInlineImplementation(adapter);
  }

  async #openRun(
    running: RunningSession,
    raw: Readonly<Record<string, unknown>>,
    listener: Parameters<typeof FunctionRun.open>[3],
  ): Promise<FunctionRun> {
    const { model, published, store, cache, checks, invocations, logger } = this.#services;
    const configuration = readLaunchConfiguration(raw);
    const folder = sessionFolder(running.session);
    await published.prepare(configuration.layers, 'workspace');
    const files = {
      code:
        configuration.code === undefined ? undefined : absolutePath(configuration.code, folder?.uri.fsPath),
      layers: model.resolveLayers(configuration.layers, folder),
      envFile:
        configuration.envFile === undefined
          ? undefined
          : absolutePath(configuration.envFile, folder?.uri.fsPath),
    };
    // Changes on disk since the last look must count, also those that no watcher has reported yet.
    for (const path of files.layers) store.invalidate(path);
    checkInBackground(checks, files, configuration);
    const quiet = raw['noDebug'] === true ? ({ ...configuration, debugger: 'none' } as const) : configuration;
    const run = await FunctionRun.open(
      quiet,
      files,
      {
        store,
        cache,
        temporaryParent: tmpdir(),
        eventStream: loadEventStream,
        traceCalls: tracesCalls(),
        logger,
      },
      { ...listener, mapped: (mapping) => (running.mapping = mapping) },
    );
    invocations.follow(running, run, configuration);
    return run;
  }
}

function tracesCalls(): boolean {
  return vscode.workspace.getConfiguration(settingPrefix).get(settingIds.trace, false);
}

/** Where the extension lies that brings a debug type. */
function folderOfDebugType(type: string): string | undefined {
  const found = vscode.extensions.all.find(({ packageJSON }) => {
    const { contributes } = packageJSON as { contributes?: { debuggers?: { type?: string }[] } };
    return contributes?.debuggers?.some((one) => one.type === type);
  });
  return found?.extensionPath;
}

/** The debug console takes a path that begins with a dot for one of the session's folder. */
function linkTo(path: string, { workspaceFolder }: vscode.DebugSession): string {
  if (workspaceFolder === undefined) return path;
  const inside = relative(workspaceFolder.uri.fsPath, path);
  return inside.startsWith('..') || isAbsolute(inside) ? path : `.${sep}${inside}`;
}

/** What is wrong with the layers shows in Problems, beside what the session itself says. */
function checkInBackground(
  checks: CheckStore,
  { layers, code }: { readonly layers: readonly string[]; readonly code: string | undefined },
  { architecture, runtime }: LaunchConfiguration,
): void {
  if (code === undefined) return;
  checks.findings({ paths: layers, code, runtime, architecture }).catch(() => undefined); // the session tells what cannot be opened
}

async function firstEvent(
  session: vscode.DebugSession,
  raw: Readonly<Record<string, unknown>>,
): Promise<string | undefined> {
  const { event, eventFile } = readLaunchConfiguration(raw);
  if (eventFile === undefined) return event;
  return readEventFile(absolutePath(eventFile, sessionFolder(session)?.uri.fsPath));
}
