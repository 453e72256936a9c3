import {
  noVersionArn,
  parseAwsLayerArn,
  parseLayerVersionArn,
  type LayerVersionArn,
} from '../layer/layerArn.ts';

/**
 * The layer ARN that a layer version ARN belongs to: all but the number; a layer of AWS itself is its own. Compare these,
 * never beginnings of texts.
 */
export function layerArnOf(versionArn: string): string {
  if (parseAwsLayerArn(versionArn) !== undefined) return versionArn;
  return versionArn.slice(0, versionArn.lastIndexOf(':'));
}

/** Whether a layer ARN is that of a layer, which is given by its ARN or by the name of one's own. */
export function isOfLayer(layerArn: string, layer: string): boolean {
  return layerArn === layer || layerArn.endsWith(`:layer:${layer}`);
}

/** The number at the end of a layer version ARN. */
export function versionOf(versionArn: string): number {
  return Number(versionArn.slice(versionArn.lastIndexOf(':') + 1));
}

/** `name:7` for people, `name (AWS)` for a layer of AWS itself; other texts as they are. */
export function shortName(versionArn: string): string {
  const own = parseAwsLayerArn(versionArn);
  if (own !== undefined) return `${own.name} (AWS)`;
  const parsed = parseLayerVersionArn(versionArn);
  return parsed === undefined ? versionArn : `${parsed.name}:${parsed.version}`;
}

/** Takes a layer version ARN apart. @throws UserError `LayerReferenceInvalid` */
export function requireVersionArn(text: string): LayerVersionArn {
  const parsed = parseLayerVersionArn(text);
  if (parsed !== undefined && parsed.version > 0) return parsed;
  throw noVersionArn(text);
}

/** Whether two ordered lists of ARNs are the same. */
export function sameOrder(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((arn, index) => arn === other[index]);
}
