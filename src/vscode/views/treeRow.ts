import * as vscode from 'vscode';

/** What a row of a tree looks like, besides its label. */
export interface RowLook {
  /** A product icon. */
  readonly icon: string;
  readonly contextValue: string;
  readonly description?: string;
  readonly tooltip?: string;
  /** The id of a theme colour, for the icon. */
  readonly color?: string;
}

/** A row of a tree. */
export function treeRow(
  label: string,
  state: vscode.TreeItemCollapsibleState,
  look: RowLook,
): vscode.TreeItem {
  const item = new vscode.TreeItem(label, state);
  const color = look.color === undefined ? undefined : new vscode.ThemeColor(look.color);
  item.iconPath = new vscode.ThemeIcon(look.icon, color);
  item.contextValue = look.contextValue;
  if (look.description !== undefined) item.description = look.description;
  if (look.tooltip !== undefined) item.tooltip = look.tooltip;
  return item;
}
