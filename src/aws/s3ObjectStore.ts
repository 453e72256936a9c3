import type * as Sdk from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { CallOptions, ObjectStore } from '../core/account/ports.ts';
import type { SdkSession } from './sdkSession.ts';

/** Bytes of one part. S3 takes at least 5 MB; eight are few enough requests and little enough to send again. */
const partBytes = 8 * 1024 * 1024;
const partsAtOnce = 3;

/** Large zips on their way to Lambda, in a bucket of the person's own. */
export class S3ObjectStore implements ObjectStore {
  readonly #session: SdkSession;

  constructor(session: SdkSession) {
    this.#session = session;
  }

  async upload({
    bucket,
    key,
    file,
    signal,
    onProgress,
  }: Parameters<ObjectStore['upload']>[0]): Promise<void> {
    const total = (await stat(file)).size;
    // Sending a part again is the SDK's own doing; the whole is not started anew.
    await this.#session.call(
      {
        operation: 'UploadObject',
        kind: 'read',
        subject: `${bucket}/${key}`,
        signal,
        cancelling: 'whenSettled',
      },
      async ({ s3 }) => {
        const [{ Upload }, sdk, client] = await Promise.all([
          import('./sdk.ts').then((sdk) => sdk.libStorage()),
          import('./sdk.ts').then((sdk) => sdk.clientS3()),
          s3(),
        ]);
        const body = createReadStream(file);
        const upload = new Upload({
          client: cancellable(client, sdk, signal),
          params: { Bucket: bucket, Key: key, Body: body, ContentType: 'application/zip' },
          partSize: partBytes,
          queueSize: partsAtOnce,
          leavePartsOnError: false,
        });
        upload.on('httpUploadProgress', ({ loaded = 0 }) => onProgress?.(loaded, total));
        try {
          await upload.done();
        } catch (error) {
          await endUpload(client, sdk, { Bucket: bucket, Key: key, UploadId: upload.uploadId });
          throw error;
        } finally {
          body.destroy();
        }
        signal?.throwIfAborted();
      },
    );
  }

  async remove(bucket: string, key: string, { signal }: CallOptions = {}): Promise<void> {
    await this.#session.call(
      { operation: 'DeleteObject', kind: 'read', subject: `${bucket}/${key}`, signal },
      async ({ s3, options }) => {
        const [{ DeleteObjectCommand }, client] = await Promise.all([
          import('./sdk.ts').then((sdk) => sdk.clientS3()),
          s3(),
        ]);
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }), options);
      },
    );
  }
}

/**
 * `Upload` sends without a signal, and its own way of aborting returns before the parts are gone. This client lets
 * the parts in flight fail, so that the upload tidies up and then rejects.
 */
function cancellable(client: S3Client, sdk: typeof Sdk, signal: AbortSignal | undefined): S3Client {
  if (signal === undefined) return client;
  const send = (command: Parameters<S3Client['send']>[0]): Promise<unknown> => {
    // Begun and not known of, an upload could not be ended; completed and not known of, not be removed.
    const mustFinish =
      command instanceof sdk.CreateMultipartUploadCommand ||
      command instanceof sdk.CompleteMultipartUploadCommand ||
      command instanceof sdk.AbortMultipartUploadCommand;
    return client.send(command, mustFinish ? {} : { abortSignal: signal });
  };
  return Object.create(client, { send: { value: send } }) as S3Client;
}

/** `Upload` ends an upload whose parts failed, but not one that could not be completed. */
async function endUpload(
  client: S3Client,
  sdk: typeof Sdk,
  upload: { readonly Bucket: string; readonly Key: string; readonly UploadId: string | undefined },
): Promise<void> {
  if (upload.UploadId === undefined) return;
  // Ended already is as good; and what failed before is what matters.
  await client.send(new sdk.AbortMultipartUploadCommand(upload)).catch(() => undefined);
}
