import * as vscode from 'vscode';
import { isRecord } from '../core/base/json.ts';
import { UserError } from '../core/base/errors.ts';
import {
  anything,
  anyText,
  choice,
  count,
  flag,
  object,
  optional,
  type OptionKind,
  type OptionsShape,
  requireOptions,
  text,
  texts,
} from '../core/base/options.ts';
import { type CommandId, commandIds } from './manifest.ts';

const uri: OptionKind = {
  what: 'a URI, such as lambda-opt://…/opt/bin/tool',
  accepts: (value) =>
    value instanceof vscode.Uri || (typeof value === 'string' && /^[a-z][\w+.-]*:./i.test(value)),
};

/** One side of a comparison. */
const stack: OptionKind = {
  what: 'a list of layers, or { function }',
  accepts: (value) => texts.accepts(value) || (isRecord(value) && text.accepts(value['function'])),
};

const onError = optional(choice('stop', 'continue'));
const version: OptionsShape = { options: { layerVersionArn: text } };
const invocation: OptionsShape = { options: { requestId: text, attempt: optional(count) } };
const order: OptionsShape = { options: { function: text, layers: texts } };

/** A stack, and more. */
const stackAnd = (more: OptionsShape['options'] = {}): OptionsShape => ({
  options: { layers: texts, function: text, code: optional(text), ...more },
  oneOf: ['layers', 'function'],
});

/** What each command takes from programs. */
const shapes: Partial<Record<CommandId, OptionsShape>> = {
  [commandIds.openOpt]: stackAnd(),
  [commandIds.extractOpt]: stackAnd({ destination: optional(text) }),
  [commandIds.showSizeMap]: stackAnd(),
  [commandIds.checkLayers]: stackAnd({
    runtime: optional(text),
    architecture: optional(choice('x86_64', 'arm64')),
  }),
  [commandIds.showProvenance]: { options: { uri } },
  [commandIds.compareShadowed]: { options: { uri } },
  [commandIds.compareLayers]: { options: { left: stack, right: stack } },
  [commandIds.comparePrevious]: version,
  [commandIds.compareWithPublished]: { options: { path: text, layerVersionArn: optional(text) } },
  [commandIds.compareChange]: { options: { function: optional(text) } },
  [commandIds.applyFix]: { options: { stack: object, finding: object } },
  [commandIds.openDefinition]: { options: { function: text } },
  [commandIds.packageLayer]: { options: { path: text, output: optional(text), layout: optional(text) } },
  [commandIds.publishLayer]: {
    options: {
      path: text,
      zip: text,
      name: optional(text),
      description: optional(anyText),
      licenseInfo: optional(anyText),
      compatibleRuntimes: optional(texts),
      compatibleArchitectures: optional(texts),
      copyPermissionsFrom: optional(choice('previous')),
      force: optional(flag),
    },
    oneOf: ['path', 'zip'],
  },
  [commandIds.attachLayer]: {
    options: { function: text, layer: text, position: optional(count), replace: optional(flag) },
  },
  [commandIds.detachLayer]: order,
  [commandIds.reorderLayers]: order,
  [commandIds.updateDependents]: {
    options: { layerVersionArn: text, functions: optional(texts), dryRun: optional(flag), onError },
  },
  [commandIds.undoUpdate]: { options: { onError } },
  [commandIds.downloadLayerVersion]: { options: { layerVersionArn: text, destination: optional(text) } },
  [commandIds.deleteLayerVersion]: { options: { layerVersionArn: text, force: optional(flag) } },
  [commandIds.pruneLayer]: {
    options: { layerArn: text, keepNewest: count, dryRun: optional(flag), onError },
  },
  [commandIds.findLayerUsers]: version,
  [commandIds.showPermissions]: version,
  [commandIds.addPermission]: {
    options: {
      layerVersionArn: text,
      account: optional(text),
      organizationId: optional(text),
      public: optional(flag),
      statementId: optional(text),
    },
  },
  [commandIds.removePermission]: { options: { layerVersionArn: text, statementId: text } },
  [commandIds.copyPermissions]: { options: { from: text, to: text } },
  [commandIds.copyPolicy]: { options: { layerVersionArn: text, policy: text } },
  [commandIds.lookUpLayerVersion]: version,
  [commandIds.copyNewerArn]: version,
  [commandIds.addPublishedLayer]: version,
  [commandIds.filterAccount]: { options: { text: anyText } },
  [commandIds.selectProfile]: { options: { profile: anyText } },
  [commandIds.selectRegion]: { options: { region: anyText } },
  [commandIds.invokeFunction]: {
    options: { event: optional(anything), eventFile: optional(text), session: optional(text) },
  },
  [commandIds.openInvocation]: {
    options: { ...invocation.options, document: optional(text) },
  },
  [commandIds.replayInvocation]: invocation,
  [commandIds.copyInvocationAsCli]: invocation,
};

/** Commands of rows that cannot be named otherwise. */
const rowCommands: ReadonlySet<CommandId> = new Set([
  commandIds.closeStack,
  commandIds.compareWith,
  commandIds.loadMore,
  commandIds.retryLoading,
  commandIds.removeAccountPlace,
  commandIds.removePublishedLayer,
]);

/**
 * Checks what a command was given, other than a row of a view or a file.
 * @throws UserError `ConfigurationInvalid` naming the option that is wrong or missing
 */
export function requireCommandOptions(command: CommandId, given: unknown): void {
  if (rowCommands.has(command)) {
    throw new UserError(
      'ConfigurationInvalid',
      `${command} needs a row of a view.`,
      'Choose it in the menu of a row.',
    );
  }
  const shape = shapes[command];
  if (shape !== undefined) requireOptions(command, given, shape);
}
