import * as vscode from 'vscode';
import { templateText } from '../../core/events/eventTemplate.ts';
import { eventTemplates } from '../../core/events/eventTemplates.ts';
import { eventLabel } from '../../core/events/recentEvents.ts';
import { readEventFile } from '../../core/events/eventFile.ts';
import { type RunningSession, sessionFolder } from '../debug/sessions.ts';
import type { EventDocuments } from './eventDocuments.ts';
import { listEventFiles } from './eventFiles.ts';
import type { Invocations } from './invocations.ts';
import { formatTime } from './invocationTexts.ts';

/** What the question needs. */
interface EventSources {
  readonly invocations: Invocations;
  readonly eventDocuments: EventDocuments;
}

/** What choosing an event, or a button beside it, comes to. */
type Action =
  | { readonly type: 'send'; readonly text: () => Promise<string | undefined> }
  | { readonly type: 'edit'; readonly name: string; readonly text: () => Promise<string> }
  | { readonly type: 'open'; readonly uri: vscode.Uri }
  | { readonly type: 'forget'; readonly text: string };

interface EventItem extends vscode.QuickPickItem {
  readonly action?: Action;
  readonly buttons?: readonly ActionButton[];
}

interface ActionButton extends vscode.QuickInputButton {
  readonly action: Action;
}

/** How much of an event is shown, in characters. */
const maxLabelLength = 80;

/**
 * Asks which event to send: a recent one, a file, or a template. Resolves with its JSON text, or `undefined` when
 * nothing was chosen, or when it was opened to be changed first.
 */
export async function askForEvent(
  { eventDocuments, invocations }: EventSources,
  running: RunningSession,
): Promise<string | undefined> {
  const folder = sessionFolder(running.session);
  for (;;) {
    const items = [
      { label: vscode.l10n.t('Type JSON…'), action: { type: 'send', text: typeEvent } } as const,
      ...recentItems(invocations),
      ...(await fileItems(folder)),
      ...templateItems(),
    ];
    const action = await pick(items, vscode.l10n.t('Event for {0}', running.session.name));
    switch (action?.type) {
      case 'send':
        return action.text();
      case 'edit':
        await eventDocuments.open(action.name, await action.text(), folder);
        return undefined;
      case 'open':
        await eventDocuments.show(action.uri);
        return undefined;
      case 'forget':
        invocations.recent.remove(action.text);
        continue; // and asks again, without it
      case undefined:
        return undefined;
    }
  }
}

function recentItems({ recent }: Invocations): EventItem[] {
  if (recent.list.length === 0) return [];
  const items = recent.list.map(({ functionName, text, timeMs }): EventItem => {
    const edit = { type: 'edit', name: 'event', text: () => Promise.resolve(text) } as const;
    return {
      label: eventLabel(text, maxLabelLength),
      description: `${functionName} · ${formatMoment(timeMs)}`,
      iconPath: new vscode.ThemeIcon('history'),
      action: { type: 'send', text: () => Promise.resolve(text) },
      buttons: [
        button('edit', vscode.l10n.t('Change before Sending'), edit),
        button('close', vscode.l10n.t('Forget'), { type: 'forget', text }),
      ],
    };
  });
  return [separator(vscode.l10n.t('recent')), ...items];
}

async function fileItems(folder: vscode.WorkspaceFolder | undefined): Promise<EventItem[]> {
  const { files, label } = await listEventFiles(folder);
  if (files.length === 0) return [];
  const items = files.map(({ name, uri }): EventItem => {
    return {
      label: name,
      iconPath: new vscode.ThemeIcon('json'),
      action: { type: 'send', text: () => readEventFile(uri.fsPath) },
      buttons: [button('go-to-file', vscode.l10n.t('Open the File'), { type: 'open', uri })],
    };
  });
  return [separator(label), ...items];
}

function templateItems(): EventItem[] {
  const items = eventTemplates.map((template): EventItem => {
    const text = () => Promise.resolve(templateText(template));
    return {
      label: template.label,
      description: template.description,
      iconPath: new vscode.ThemeIcon('symbol-snippet'),
      action: { type: 'edit', name: template.id, text },
      buttons: [button('send', vscode.l10n.t('Send as It Is'), { type: 'send', text })],
    };
  });
  return [separator(vscode.l10n.t('templates, to be changed and sent')), ...items];
}

function separator(label: string): EventItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

function button(icon: string, tooltip: string, action: Action): ActionButton {
  return { iconPath: new vscode.ThemeIcon(icon), tooltip, action };
}

/** Shows the items until one, or a button of one, is chosen. */
function pick(items: readonly EventItem[], placeholder: string): Promise<Action | undefined> {
  return new Promise((resolve) => {
    const quickPick = vscode.window.createQuickPick<EventItem>();
    quickPick.items = items;
    quickPick.placeholder = placeholder;
    quickPick.matchOnDescription = true;
    const finish = (action: Action | undefined) => {
      resolve(action); // what closing resolves with comes too late then
      quickPick.hide();
    };
    quickPick.onDidAccept(() => finish(quickPick.selectedItems[0]?.action));
    quickPick.onDidTriggerItemButton(({ button: pressed }) => finish((pressed as ActionButton).action));
    quickPick.onDidHide(() => {
      resolve(undefined);
      quickPick.dispose();
    });
    quickPick.show();
  });
}

async function typeEvent(): Promise<string | undefined> {
  return vscode.window.showInputBox({
    prompt: vscode.l10n.t('Event as JSON'),
    value: '{}',
    validateInput: (text) => {
      try {
        JSON.parse(text);
        return undefined;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
  });
}

/** A time, with the day when it was not today. */
function formatMoment(timeMs: number): string {
  const isToday = new Date(timeMs).toDateString() === new Date().toDateString();
  return isToday ? formatTime(timeMs) : new Date(timeMs).toLocaleString();
}
