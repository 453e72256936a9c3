import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { limits } from '../layer/limits.ts';
import { unzippedBytes } from '../opt/budget.ts';
import type { Check, CheckContext } from './checkContext.ts';
import type { FamilyFinding } from './finding.ts';

/** Lambda's quotas: five layers, 262,144,000 bytes unzipped, 50 MB zipped in a request. */
export const checkLimits: Check = async (context, report) => {
  for (const finding of [tooLarge(context), tooMany(context)]) if (finding !== undefined) report(finding);
  for (const finding of repeated(context)) report(finding);
  for (const { place, tree } of context.sources) {
    if (tree.source.format !== 'zip') continue;
    const size = (await stat(tree.source.path).catch(() => undefined))?.size ?? 0;
    if (size <= limits.directUploadBytes) continue;
    report({
      code: 'zipNeedsS3',
      severity: 'warning',
      layer: place,
      message: `The zip has ${size} bytes; Lambda takes at most ${limits.directUploadBytes} in a request.`,
      help: 'Upload it to an S3 bucket and publish it from there.',
    });
  }
};

function tooLarge({ sources }: CheckContext): FamilyFinding | undefined {
  const parts = sources.map(({ tree }) => ({
    name: basename(tree.source.path),
    bytes: unzippedBytes(tree),
  }));
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= limits.unzippedBytes) return undefined;
  const largest = parts
    .sort((left, right) => right.bytes - left.bytes)
    .slice(0, 3)
    .map(({ name, bytes }) => `${name} ${bytes}`);
  return {
    code: 'unzippedTooLarge',
    severity: 'error',
    message:
      `Code and layers unpack to ${total} bytes, shadowed files included, more than the ` +
      `${limits.unzippedBytes} that Lambda allows in all (${largest.join(', ')}); the function cannot be saved.`,
    help: 'Take out what the function does not need, or use a container image.',
  };
}

function tooMany({ layers }: CheckContext): FamilyFinding | undefined {
  if (layers.length <= limits.layersPerFunction) return undefined;
  return {
    code: 'tooManyLayers',
    severity: 'error',
    message: `The stack has ${layers.length} layers; Lambda takes at most ${limits.layersPerFunction}.`,
    help: 'Join some of them into one.',
  };
}

function* repeated({ layers }: CheckContext): Generator<FamilyFinding> {
  const seen = new Set<string>();
  for (const [layer, { source }] of layers.entries()) {
    if (seen.has(source.path)) {
      yield {
        code: 'sameLayerTwice',
        severity: 'error',
        layer,
        message: `${source.path} is in the stack twice; Lambda refuses a layer that is given twice.`,
        help: 'Keep its last place in the stack, which decides.',
      };
    }
    seen.add(source.path);
  }
}
