/**
 * The libraries of AWS. In the bundle they are a file of its own, which is read with the first call of AWS; each is
 * evaluated when it is first used.
 */
export const clientLambda = () => import('@aws-sdk/client-lambda');
export const clientS3 = () => import('@aws-sdk/client-s3');
export const libStorage = () => import('@aws-sdk/lib-storage');
export const credentialProviderNode = () => import('@aws-sdk/credential-provider-node');
export const sharedIniFileLoader = () => import('@smithy/shared-ini-file-loader');
export const eventStreamCodec = () => import('@smithy/eventstream-codec');
