import * as vscode from 'vscode';

/** The first of many lines or names for a message or dialog, and how many there are beside them. */
export function firstOf(all: readonly string[], max = 10): readonly string[] {
  const more = all.length - max;
  return more > 0 ? [...all.slice(0, max), vscode.l10n.t('and {0} more', more)] : all;
}
