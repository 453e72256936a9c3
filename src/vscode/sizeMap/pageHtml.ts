import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { pageTexts } from './pageTexts.ts';

/** The folders of the extension that the page may load from. */
export function pageRoots(extension: vscode.Uri): vscode.Uri[] {
  return [vscode.Uri.joinPath(extension, 'dist'), vscode.Uri.joinPath(extension, 'media')];
}

/** The page: its frame only, the script draws the rest. Nothing but this script and this style can be loaded. */
export function pageHtml(webview: vscode.Webview, extension: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64url');
  const script = webview.asWebviewUri(vscode.Uri.joinPath(extension, 'dist', 'sizeMap.js'));
  const style = webview.asWebviewUri(vscode.Uri.joinPath(extension, 'media', 'sizeMap.css'));
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  const texts = pageTexts();
  const context = JSON.stringify({ preventDefaultContextMenuItems: true });
  return `<!DOCTYPE html>
<html lang="${escapeHtml(vscode.env.language)}">
<head>
  <meta charset="UTF-8">
  <meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
  <meta name="viewport" content="width=device-width, initial-scale=1.0">
  <link rel="stylesheet" href="${escapeHtml(style.toString())}">
</head>
<body data-texts="${escapeHtml(JSON.stringify(texts))}" data-vscode-context="${escapeHtml(context)}">
  <header id="summary"></header>
  <p id="status" role="status">${escapeHtml(texts.loading)}</p>
  <progress id="progress" aria-label="${escapeHtml(texts.loading)}"></progress>
  <main id="content"></main>
  <script nonce="${nonce}" src="${escapeHtml(script.toString())}"></script>
</body>
</html>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
