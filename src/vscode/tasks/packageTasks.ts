import * as vscode from 'vscode';
import { buildAndPackage, type PackageServices, resolvePackage } from '../commands/packageLayer.ts';
import { requireTrust } from '../trust.ts';
import { taskType } from '../manifest.ts';
import { WorkTerminal } from './workTerminal.ts';

/** A task of tasks.json. */
interface PackageTask extends vscode.TaskDefinition {
  /** Folder, or the name of a configured layer. */
  readonly layer: string;
  readonly output?: string;
  readonly layout?: string;
}

/** Tasks that build and package layers: one for each folder that the workspace names, and those of tasks.json. */
export class PackageTasks implements vscode.TaskProvider {
  readonly #services: PackageServices;

  constructor(services: PackageServices) {
    this.#services = services;
  }

  provideTasks(): vscode.Task[] {
    const folders = this.#services.model.layers().filter(({ path }) => !path.endsWith('.zip'));
    return folders.map(({ name, folder }) => this.#task({ type: taskType, layer: name }, folder));
  }

  resolveTask({ definition, scope }: vscode.Task): vscode.Task | undefined {
    return isPackageTask(definition) ? this.#task(definition, scope) : undefined;
  }

  #task(definition: PackageTask, scope: vscode.Task['scope']): vscode.Task {
    const name = vscode.l10n.t('package {0}', definition.layer);
    const execution = new vscode.CustomExecution(() => Promise.resolve(this.#terminal(definition)));
    const where = scope ?? vscode.TaskScope.Workspace;
    const task = new vscode.Task(definition, where, name, taskType, execution);
    task.group = vscode.TaskGroup.Build;
    return task;
  }

  #terminal({ layer: path, output, layout }: PackageTask): WorkTerminal {
    const options = {
      path,
      ...(output === undefined ? {} : { output }),
      ...(layout === undefined ? {} : { layout }),
    };
    return new WorkTerminal(async (signal, write) => {
      requireTrust(vscode.l10n.t('Packaging'));
      const request = resolvePackage(this.#services.model, options);
      const { file, sha256Base64 } = await buildAndPackage(this.#services, request, signal, write);
      write(vscode.l10n.t('Packaged {0} (SHA-256 {1}).', file, sha256Base64));
    });
  }
}

function isPackageTask(definition: vscode.TaskDefinition): definition is PackageTask {
  const { layer, output, layout } = definition as Readonly<Record<string, unknown>>;
  const optional = [output, layout].every((each) => each === undefined || typeof each === 'string');
  return typeof layer === 'string' && layer !== '' && optional;
}
