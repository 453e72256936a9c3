/** The IAM action that each call needs, for the words of a denial. */
export const actions = {
  ListLayers: 'lambda:ListLayers',
  ListLayerVersions: 'lambda:ListLayerVersions',
  ListFunctions: 'lambda:ListFunctions',
  ListAliases: 'lambda:ListAliases',
  GetLayerVersion: 'lambda:GetLayerVersion',
  PublishLayerVersion: 'lambda:PublishLayerVersion',
  DeleteLayerVersion: 'lambda:DeleteLayerVersion',
  GetLayerVersionPolicy: 'lambda:GetLayerVersionPolicy',
  AddLayerVersionPermission: 'lambda:AddLayerVersionPermission',
  RemoveLayerVersionPermission: 'lambda:RemoveLayerVersionPermission',
  GetFunctionConfiguration: 'lambda:GetFunctionConfiguration',
  UpdateFunctionConfiguration: 'lambda:UpdateFunctionConfiguration',
  UploadObject: 's3:PutObject',
  AbortUpload: 's3:AbortMultipartUpload',
  DeleteObject: 's3:DeleteObject',
} as const;

/** A call that this extension makes. */
export type Operation = keyof typeof actions;

/** The service that a call is made to. */
export function serviceOf(operation: Operation): 'lambda' | 's3' {
  return actions[operation].startsWith('s3:') ? 's3' : 'lambda';
}
