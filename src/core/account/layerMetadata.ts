import { UserError } from '../base/errors.ts';
import type { LayerMetadata } from './ports.ts';

/** Limits of PublishLayerVersion (Lambda API reference). Lengths in characters. */
export const metadataLimits = {
  name: 140,
  description: 256,
  licenseInfo: 512,
  runtimes: 15,
  architectures: 2,
} as const;

/** What functions can run on. */
export const layerArchitectures = ['x86_64', 'arm64'] as const;

/** The runtimes that a picker offers, newest first; any other name can be typed, since AWS adds some every year. */
export const layerRuntimes: readonly string[] = [
  ...['nodejs24.x', 'nodejs22.x', 'nodejs20.x'],
  ...['python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3.9'],
  ...['java25', 'java21', 'java17', 'java11', 'java8.al2'],
  ...['dotnet10', 'dotnet8', 'ruby3.4', 'ruby3.3', 'ruby3.2'],
  ...['provided.al2023', 'provided.al2'],
];

/** A field of a layer's metadata. */
export type MetadataField = keyof LayerMetadata;

/** Why a layer's name cannot be used, or `undefined`; for use while typing. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'A layer needs a name.';
  if (!/^[a-zA-Z0-9-_]+$/.test(name)) return 'Letters, digits, - and _ only.';
  return tooLong(name, metadataLimits.name);
}

/** Why a description cannot be used, or `undefined`. */
export function descriptionProblem(description: string): string | undefined {
  return tooLong(description, metadataLimits.description);
}

/** Why a licence cannot be used, or `undefined`: an SPDX identifier, an address, or the text. */
export function licenseProblem(licenseInfo: string): string | undefined {
  return tooLong(licenseInfo, metadataLimits.licenseInfo);
}

/** Why runtimes cannot be used, or `undefined`. */
export function runtimesProblem(runtimes: readonly string[]): string | undefined {
  if (runtimes.length > metadataLimits.runtimes)
    return `At most ${metadataLimits.runtimes} runtimes; these are ${runtimes.length}.`;
  const wrong = runtimes.find((each) => !/^[a-z][a-z0-9.]*$/.test(each));
  if (wrong !== undefined) return `"${wrong}" is no runtime; they look like nodejs22.x.`;
  return twice(runtimes);
}

/** Why architectures cannot be used, or `undefined`. */
export function architecturesProblem(architectures: readonly string[]): string | undefined {
  const known: readonly string[] = layerArchitectures;
  const wrong = architectures.find((each) => !known.includes(each));
  return wrong === undefined
    ? twice(architectures)
    : `"${wrong}" is no architecture; there are ${known.join(' and ')}.`;
}

/** All that is wrong with a layer's metadata, by field. */
export function metadataProblems(metadata: LayerMetadata): Partial<Record<MetadataField, string>> {
  const found: Record<MetadataField, string | undefined> = {
    name: nameProblem(metadata.name),
    description: descriptionProblem(metadata.description ?? ''),
    licenseInfo: licenseProblem(metadata.licenseInfo ?? ''),
    compatibleRuntimes: runtimesProblem(metadata.compatibleRuntimes ?? []),
    compatibleArchitectures: architecturesProblem(metadata.compatibleArchitectures ?? []),
  };
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem !== undefined));
}

/** @throws UserError `ConfigurationInvalid` naming the first wrong field */
export function requireMetadata(metadata: LayerMetadata): void {
  const [first] = Object.entries(metadataProblems(metadata));
  if (first === undefined) return;
  const [field, problem] = first;
  throw new UserError(
    'ConfigurationInvalid',
    `The layer's "${field}" cannot be used: ${problem}`,
    'Correct it and try again.',
  );
}

function tooLong(text: string, limit: number): string | undefined {
  const { length } = text;
  return length > limit ? `At most ${limit} characters; these are ${length}.` : undefined;
}

function twice(values: readonly string[]): string | undefined {
  const repeated = values.find((each, index) => values.indexOf(each) !== index);
  return repeated === undefined ? undefined : `"${repeated}" is there twice.`;
}
