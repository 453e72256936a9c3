import { parseAwsLayerArn, parseLayerVersionArn } from '../../core/layer/layerArn.ts';

/** A layer version ARN, or that of a layer of AWS itself, in a text. Offsets count UTF-16 units; `end` is after the last one. */
export interface ArnPlace {
  readonly arn: string;
  readonly start: number;
  readonly end: number;
}

/** Nothing that could belong to a longer name may stand before or after. As in the grammar that colours ARNs. */
const pattern =
  /(?<![\w:-])arn:aws[a-z-]*:lambda:(?:[a-z0-9-]+:\d{12}:layer:[a-zA-Z0-9_-]{1,140}:\d+|::awslayer:[a-zA-Z0-9_-]{1,140})(?![\w:-])/g;

/** The layer version ARNs in a text, such as one line of a template, in order. */
export function findLayerArns(text: string): ArnPlace[] {
  return [...text.matchAll(pattern)].flatMap(({ 0: arn, index }) => {
    const isOwn = parseAwsLayerArn(arn) !== undefined;
    return isOwn || (parseLayerVersionArn(arn)?.version ?? 0) > 0
      ? [{ arn, start: index, end: index + arn.length }]
      : [];
  });
}
