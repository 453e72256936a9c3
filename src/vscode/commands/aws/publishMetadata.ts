import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { KnownLayer } from '../../../core/account/lastPublished.ts';
import {
  descriptionProblem,
  layerArchitectures,
  layerRuntimes,
  licenseProblem,
  nameProblem,
  runtimesProblem,
} from '../../../core/account/layerMetadata.ts';
import type { LayerMetadata } from '../../../core/account/ports.ts';
import { absolutePath } from '../../../core/layer/layerReference.ts';
import { settingIds, settingPrefix } from '../../manifest.ts';
import { back } from '../../questions/ask.ts';
import { askInSteps, askMany, askText, type Step } from '../../questions/steps.ts';

const stateKey = 'lambdaLayers.publishedAs';
/** Layers whose metadata is remembered; the oldest are forgotten first. */
const maxRemembered = 100;

/** What is remembered of a folder or zip that was published. */
interface Remembered {
  readonly metadata: LayerMetadata;
  /** Without a version: says region and account too. */
  readonly layerArn: string;
}

type RememberedLayers = Readonly<Record<string, Remembered>>;

/** What a layer of a folder or zip was last published with; the setting goes before, except for the name. */
export function rememberedMetadata(state: vscode.Memento, path: string): Partial<LayerMetadata> {
  const last = state.get<RememberedLayers>(stateKey, {})[path]?.metadata;
  return { ...last, ...configuredMetadata(path), ...(last === undefined ? {} : { name: last.name }) };
}

/** What is known of the layer that a folder or zip is published as. */
export function knownLayer(state: vscode.Memento, path: string): KnownLayer {
  return {
    layerArn: state.get<RememberedLayers>(stateKey, {})[path]?.layerArn,
    configuredName: configuredMetadata(path).name,
    fileName: layerNameOf(path),
  };
}

/** The name that a folder or zip suggests, of the characters that a layer's name may have. */
export function layerNameOf(path: string): string {
  return basename(path)
    .replace(/\.zip$/i, '')
    .replaceAll(/[^a-zA-Z0-9-_]/g, '-');
}

/** Remembers for this workspace what a folder or zip was published with, and as which layer. */
export async function rememberMetadata(
  state: vscode.Memento,
  path: string,
  published: Remembered,
): Promise<void> {
  const others = Object.entries(state.get<RememberedLayers>(stateKey, {})).filter(
    ([known]) => known !== path,
  );
  const all = [...others, [path, published] as const];
  await state.update(stateKey, Object.fromEntries(all.slice(-maxRemembered)));
}

/** Asks for a layer's metadata, prefilled with what is known. @returns `undefined` when the person gave up */
export function askMetadata(known: LayerMetadata): Promise<LayerMetadata | undefined> {
  return askInSteps(known, [askName, askDescription, askLicense, askRuntimes, askArchitectures]);
}

const title = vscode.l10n.t('Publish Layer');

const askName: Step<LayerMetadata> = async (state, place) => {
  const prompt = vscode.l10n.t('Name; an existing name gets a new version');
  const name = await askText({ ...place, title, prompt, value: state.name, problem: nameProblem });
  return typeof name === 'string' ? { ...state, name } : name;
};

const askDescription: Step<LayerMetadata> = async (state, place) => {
  const prompt = vscode.l10n.t('Description of this version; may be empty');
  const text = await askText({
    ...{ ...place, title, prompt, value: state.description },
    problem: descriptionProblem,
  });
  return typeof text === 'string' ? { ...state, description: text } : text;
};

const askLicense: Step<LayerMetadata> = async (state, place) => {
  const prompt = vscode.l10n.t('Licence: an SPDX identifier, an address, or the text; may be empty');
  const text = await askText({
    ...{ ...place, title, prompt, value: state.licenseInfo, placeholder: 'MIT' },
    problem: licenseProblem,
  });
  return typeof text === 'string' ? { ...state, licenseInfo: text } : text;
};

const askRuntimes: Step<LayerMetadata> = async (state, place) => {
  for (;;) {
    const chosen = await askMany({
      ...{ ...place, title, items: layerRuntimes, picked: state.compatibleRuntimes ?? [] },
      placeholder: vscode.l10n.t('Runtimes that it is for, at most 15; none means any. Others can be typed.'),
      isOther: (text) => /[a-z]\d/.test(text) && runtimesProblem([text]) === undefined,
    });
    if (chosen === back || chosen === undefined) return chosen;
    const problem = runtimesProblem(chosen);
    if (problem === undefined) return { ...state, compatibleRuntimes: chosen };
    void vscode.window.showWarningMessage(problem);
  }
};

const askArchitectures: Step<LayerMetadata> = async (state, place) => {
  const chosen = await askMany({
    ...{ ...place, title, items: layerArchitectures, picked: state.compatibleArchitectures ?? [] },
    placeholder: vscode.l10n.t('Architectures that it is for; none means any'),
  });
  return chosen === back || chosen === undefined ? chosen : { ...state, compatibleArchitectures: chosen };
};

/** What the setting `lambdaLayers.layers` says of the layer at a path; fields of a wrong type are passed over. */
export function configuredMetadata(path: string): Partial<LayerMetadata> {
  for (const folder of vscode.workspace.workspaceFolders ?? []) {
    const layers = vscode.workspace
      .getConfiguration(settingPrefix, folder.uri)
      .get<unknown>(settingIds.layers);
    for (const layer of Array.isArray(layers) ? (layers as unknown[]) : []) {
      if (!isRecord(layer) || typeof layer['path'] !== 'string') continue;
      if (absolutePath(layer['path'], folder.uri.fsPath) === path) return readMetadata(layer);
    }
  }
  return {};
}

function readMetadata(layer: Readonly<Record<string, unknown>>): Partial<LayerMetadata> {
  const texts = ['name', 'description', 'licenseInfo'].filter((key) => typeof layer[key] === 'string');
  const lists = ['compatibleRuntimes', 'compatibleArchitectures'].filter((key) => {
    const value = layer[key];
    return Array.isArray(value) && value.every((each) => typeof each === 'string');
  });
  return Object.fromEntries([...texts, ...lists].map((key) => [key, layer[key]]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
