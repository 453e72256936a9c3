import { UserError } from '../base/errors.ts';
import { layerArnOf, requireVersionArn } from './layerNames.ts';

/** An IAM policy for a purpose, with what it does in words. */
export interface PolicySnippet {
  readonly id: 'publish' | 'manage' | 'read' | 'useOnly' | 'denyOthers';
  readonly title: string;
  /** What the policy allows or denies, whom to give it to, and what it does not cover. */
  readonly explanation: string;
  /** JSON, indented by two. */
  readonly policy: string;
}

/**
 * IAM policies about a layer, for its ARN and for whom they are. Actions and the condition key `lambda:Layer` are those
 * of the Service Authorization Reference for AWS Lambda. @throws UserError `LayerReferenceInvalid`
 */
export function layerPolicies(versionArn: string): PolicySnippet[] {
  requireVersionArn(versionArn);
  const layer = layerArnOf(versionArn);
  return [publish(layer), manage(layer), read(layer), ...functionPolicies([layer])];
}

/**
 * IAM policies that restrict which layers functions may have. `layers` are layer ARNs without a version, or patterns
 * with `*`. @throws UserError `LayerReferenceInvalid` for none, or for one that is no layer ARN
 */
export function functionPolicies(layers: readonly string[]): PolicySnippet[] {
  const wrong = layers.find(
    (arn) => !/^arn:(aws[a-z-]*|\*):lambda:[^:]+:[^:]+:layer:[a-zA-Z0-9*_-]+$/.test(arn),
  );
  if (wrong !== undefined || layers.length === 0) {
    throw new UserError(
      'LayerReferenceInvalid',
      wrong === undefined ? 'No layer is named.' : `"${wrong}" is no layer ARN.`,
      'It looks like arn:aws:lambda:REGION:ACCOUNT:layer:NAME.',
    );
  }
  return [useOnly(layers), denyOthers(layers)];
}

const changingFunctions = ['lambda:CreateFunction', 'lambda:UpdateFunctionConfiguration'];

function publish(layer: string): PolicySnippet {
  return snippet(
    'publish',
    'Publish versions of this layer',
    [
      'Allows to publish new versions, and to read the existing ones, of this layer alone.',
      'Give it to the build or the people that release the layer.',
      'Zips over 50 MB also need s3:PutObject, s3:GetObject, s3:DeleteObject and s3:AbortMultipartUpload on the bucket.',
    ],
    [
      allow('PublishLayer', ['lambda:PublishLayerVersion', 'lambda:ListLayerVersions'], layer),
      allow('ReadVersions', ['lambda:GetLayerVersion'], `${layer}:*`),
    ],
  );
}

function manage(layer: string): PolicySnippet {
  return snippet(
    'manage',
    'Manage this layer',
    [
      'Allows to publish, read, share and delete versions of this layer.',
      'Sharing means that its holder can make a version public: give it to the owners of the layer only.',
      'lambda:ListLayers cannot be restricted to one layer, so it stands for all of them; it shows names, not content.',
    ],
    [
      allow('Publish', ['lambda:PublishLayerVersion', 'lambda:ListLayerVersions'], layer),
      allow(
        'Versions',
        [
          'lambda:GetLayerVersion',
          'lambda:DeleteLayerVersion',
          'lambda:GetLayerVersionPolicy',
          'lambda:AddLayerVersionPermission',
          'lambda:RemoveLayerVersionPermission',
        ],
        `${layer}:*`,
      ),
      allow('List', ['lambda:ListLayers'], '*'),
    ],
  );
}

function read(layer: string): PolicySnippet {
  return snippet(
    'read',
    'Use and download this layer',
    [
      'Allows to read versions of this layer, which is needed to attach and to download them.',
      'For a layer of another account the owner must also share the version: both sides have to allow it.',
    ],
    [allow('ReadVersions', ['lambda:GetLayerVersion'], `${layer}:*`)],
  );
}

function useOnly(layers: readonly string[]): PolicySnippet {
  return snippet(
    'useOnly',
    'Allow functions with these layers only',
    [
      'Allows to create functions and to change their configuration if every layer that the request names is one of these.',
      'Requests that name no layer are allowed too, since a condition "for all" holds for an empty list.',
      'Another policy that allows the same actions without the condition makes it ineffective; deny then instead.',
    ],
    [
      {
        ...allow('FunctionsWithTheseLayers', changingFunctions, '*'),
        Condition: { 'ForAllValues:StringLike': { 'lambda:Layer': versionsOf(layers) } },
      },
    ],
  );
}

function denyOthers(layers: readonly string[]): PolicySnippet {
  return snippet(
    'denyOthers',
    'Deny all other layers',
    [
      'Denies to create or configure a function with any layer that is not one of these, whatever else allows it.',
      'Fit for a permissions boundary or a service control policy. It allows nothing by itself.',
      'Functions that have other layers already keep them until somebody changes their layers.',
    ],
    [
      {
        Sid: 'NoOtherLayers',
        Effect: 'Deny',
        Action: changingFunctions,
        Resource: '*',
        Condition: { 'ForAnyValue:StringNotLike': { 'lambda:Layer': versionsOf(layers) } },
      },
    ],
  );
}

/** The condition compares layer version ARNs. */
function versionsOf(layers: readonly string[]): string[] {
  return layers.map((arn) => `${arn}:*`);
}

function allow(sid: string, actions: readonly string[], resource: string) {
  return { Sid: sid, Effect: 'Allow', Action: actions, Resource: resource };
}

function snippet(
  id: PolicySnippet['id'],
  title: string,
  explanation: readonly string[],
  statements: readonly unknown[],
): PolicySnippet {
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: statements }, undefined, 2);
  return { id, title, explanation: explanation.join(' '), policy };
}
