import * as vscode from 'vscode';
import { pickProfile } from '../account/pickPlace.ts';
import { settingIds, settingPrefix } from '../manifest.ts';
import { back } from '../questions/ask.ts';

/** Run by hand it asks; a program names the profile, `''` for the default credentials. */
export interface SelectProfileOptions {
  readonly profile: string;
}

/** Chooses the profile of the settings. @returns it, or `undefined` when nothing was chosen */
export async function selectProfile(options?: SelectProfileOptions): Promise<string | undefined> {
  const current = awsSetting(settingIds.awsProfile);
  const picked = options === undefined ? await pickProfile(current) : { value: options.profile };
  if (picked === undefined || picked === back) return undefined;
  const profile = picked.value ?? '';
  await writeAwsSetting(settingIds.awsProfile, profile);
  return profile;
}

/** The text of a setting; `undefined` when it is empty. */
export function awsSetting(id: string): string | undefined {
  const value = vscode.workspace.getConfiguration(settingPrefix).get<string>(id, '');
  return value === '' ? undefined : value;
}

/** Writes a setting where it has been set before, in the workspace or for the person; the default for an empty text. */
export async function writeAwsSetting(id: string, value: string): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(settingPrefix);
  const { Global, Workspace, WorkspaceFolder } = vscode.ConfigurationTarget;
  const found = configuration.inspect<string>(id);
  const isHere = vscode.workspace.isTrusted; // else the workspace's own settings do not count
  const target =
    isHere && found?.workspaceFolderValue !== undefined
      ? WorkspaceFolder
      : isHere && found?.workspaceValue !== undefined
        ? Workspace
        : Global;
  await configuration.update(id, value === '' && target === Global ? undefined : value, target);
}
