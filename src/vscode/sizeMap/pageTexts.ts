import * as vscode from 'vscode';

/** Every text of the page in the language of the window; `{0}` stands for what the page fills in. */
export function pageTexts() {
  return {
    loading: vscode.l10n.t('Measuring layers…'),
    empty: vscode.l10n.t('Nothing here takes any space.'),
    showTable: vscode.l10n.t('Show as Table'),
    showMap: vscode.l10n.t('Show as Map'),
    map: vscode.l10n.t('Size map. Arrow keys move, Enter opens, Escape zooms out.'),
    table: vscode.l10n.t('Sizes, the largest first'),
    place: vscode.l10n.t('Place'),
    contributions: vscode.l10n.t('Contributions'),
    remaining: vscode.l10n.t('Remaining: {0}'),
    over: vscode.l10n.t('Over the limit by {0}'),
    shadowed: vscode.l10n.t('shadowed'),
    partlyShadowed: vscode.l10n.t('{0} shadowed'),
    smaller: vscode.l10n.t('{0} smaller files'),
    oneSmaller: vscode.l10n.t('1 smaller file'),
    unplaced: vscode.l10n.t('Not in /opt: replaced or refused on extraction'),
    files: vscode.l10n.t('{0} files'),
    oneFile: vscode.l10n.t('1 file'),
    kinds: {
      stack: vscode.l10n.t('stack'),
      layer: vscode.l10n.t('layer'),
      code: vscode.l10n.t('code'),
      directory: vscode.l10n.t('folder'),
      file: vscode.l10n.t('file'),
      link: vscode.l10n.t('link'),
      smaller: vscode.l10n.t('files'),
      unplaced: vscode.l10n.t('files'),
    },
    columns: {
      name: vscode.l10n.t('Name'),
      part: vscode.l10n.t('Layer'),
      kind: vscode.l10n.t('Kind'),
      size: vscode.l10n.t('Size'),
      bytes: vscode.l10n.t('Bytes'),
      shadowed: vscode.l10n.t('Shadowed'),
    },
  } as const;
}

/** The texts as the page gets them. */
export type PageTexts = ReturnType<typeof pageTexts>;
