import * as vscode from 'vscode';
import type { Finding } from '../../core/checks/finding.ts';
import type { CheckedStack, CheckStore, StackFindings } from './checkStore.ts';
import { findingUri } from './findingLocation.ts';

const severities = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
} as const;

/** Source of our diagnostics, as the Problems view shows it. */
export const diagnosticSource = 'Lambda Layers';

/** A diagnostic that remembers what it was made from, for its quick fix. */
export class FindingDiagnostic extends vscode.Diagnostic {
  readonly finding: Finding;
  readonly stack: CheckedStack;

  constructor(stack: CheckedStack, finding: Finding) {
    super(new vscode.Range(0, 0, 0, 0), `${finding.message} ${finding.help}`, severities[finding.severity]);
    this.finding = finding;
    this.stack = stack;
    this.source = diagnosticSource;
    this.code = finding.code;
  }
}

/** Shows the findings of checked stacks in the Problems view. */
export class Problems implements vscode.Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection('lambdaLayers');
  readonly #byStack = new Map<string, StackFindings>();
  readonly #subscription: vscode.Disposable;

  constructor(checks: CheckStore) {
    this.#subscription = checks.onDidCheck((result) => this.#show(result));
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#collection.dispose();
  }

  #show(result: StackFindings): void {
    this.#byStack.set(JSON.stringify([result.stack.paths, result.stack.code]), result);
    const byUri = new Map<string, { uri: vscode.Uri; diagnostics: FindingDiagnostic[] }>();
    const seen = new Set<string>();
    for (const { stack, findings } of this.#byStack.values()) {
      for (const finding of findings) {
        const uri = findingUri(stack, finding);
        // A layer that several functions use has its problems once.
        const key = `${uri?.toString() ?? ''}#${finding.code}#${finding.message}`;
        if (uri === undefined || seen.has(key)) continue;
        seen.add(key);
        const place = byUri.get(uri.toString()) ?? { uri, diagnostics: [] };
        place.diagnostics.push(new FindingDiagnostic(stack, finding));
        byUri.set(uri.toString(), place);
      }
    }
    this.#collection.clear();
    for (const { uri, diagnostics } of byUri.values()) this.#collection.set(uri, diagnostics);
  }
}
