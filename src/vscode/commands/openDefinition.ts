import * as vscode from 'vscode';
import { UserError } from '../../core/base/errors.ts';
import type { TreeNode } from '../views/nodes.ts';
import type { CommandServices } from './services.ts';

export interface OpenDefinitionOptions {
  /** Function reference of a template's function, `template.yaml#LogicalId`. */
  readonly function: string;
}

/**
 * Opens the template that defines a function, at the function.
 * @throws UserError `FunctionNotFound`, also for a function that a launch configuration defines
 */
export async function openDefinition(
  { model }: CommandServices,
  input: OpenDefinitionOptions | TreeNode,
): Promise<vscode.Uri | undefined> {
  await model.ready();
  const name = 'type' in input ? (input.type === 'function' ? input.function.name : '') : input.function;
  const { definition } = model.functionNamed(name);
  if (definition === undefined) {
    throw new UserError(
      'FunctionNotFound',
      `The function "${name}" is a launch configuration; no template defines it.`,
      'Open launch.json to see it.',
    );
  }
  const uri = vscode.Uri.file(definition.file);
  const place = new vscode.Position(definition.line - 1, 0);
  await vscode.window.showTextDocument(uri, { selection: new vscode.Range(place, place) });
  return uri;
}
