import * as vscode from 'vscode';
import type { CommandServices } from '../commands/services.ts';
import type { StackInput } from '../commands/stackTarget.ts';
import { commandIds } from '../manifest.ts';
import { registerCommand } from '../register.ts';
import { showSizeMap } from './showSizeMap.ts';
import { SizeMaps, sizeMapViewType } from './sizeMaps.ts';

/** The size map: its command, and its tabs. */
export function registerSizeMap(services: CommandServices, extension: vscode.Uri): vscode.Disposable {
  const maps = new SizeMaps(services, extension);
  return vscode.Disposable.from(
    maps,
    vscode.window.registerWebviewPanelSerializer(sizeMapViewType, maps),
    registerCommand(commandIds.showSizeMap, services.log, (input?: StackInput) =>
      showSizeMap(services, maps, input),
    ),
  );
}
