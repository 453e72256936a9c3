import { UserError } from '../base/errors.ts';

/** The parts of a layer version ARN. */
export interface LayerVersionArn {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly name: string;
  readonly version: number;
}

/** Every partition (`aws`, `aws-cn`, `aws-us-gov`, `aws-iso…`, `aws-eusc`); layer names as the API allows them. */
const pattern = /^arn:(aws[a-z-]*):lambda:([a-z0-9-]+):(\d{12}):layer:([a-zA-Z0-9-_]{1,140}):(\d+)$/;

/** Takes a layer version ARN apart; `undefined` for anything else. */
export function parseLayerVersionArn(text: string): LayerVersionArn | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, partition = '', region = '', account = '', name = '', version = ''] = match;
  return { partition, region, account, name, version: Number(version) };
}

/** The parts of the ARN of a layer of AWS itself, which has no region, no account and no versions. */
export interface AwsLayerArn {
  readonly partition: string;
  readonly name: string;
}

/** As the API's model of GetLayerVersionByArn allows them. */
const awsPattern = /^arn:(aws[a-z-]*):lambda:::awslayer:([a-zA-Z0-9-_]{1,140})$/;

/** Takes the ARN of one of AWS's own layers apart; `undefined` for anything else. */
export function parseAwsLayerArn(text: string): AwsLayerArn | undefined {
  const match = awsPattern.exec(text);
  if (match === null) return undefined;
  const [, partition = '', name = ''] = match;
  return { partition, name };
}

/** What to say of a text that should be a layer version ARN. */
export function noVersionArn(text: string): UserError {
  return new UserError(
    'LayerReferenceInvalid',
    `"${text}" is no layer version ARN.`,
    'It looks like arn:aws:lambda:REGION:ACCOUNT:layer:NAME:VERSION.',
  );
}
