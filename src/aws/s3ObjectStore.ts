import type * as Sdk from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { withLeftovers } from '../core/account/leftovers.ts';
import type { CallOptions, ObjectStore } from '../core/account/ports.ts';
import { UserError } from '../core/base/errors.ts';
import type { SdkSession } from './sdkSession.ts';

/** Bytes of one part. S3 takes at least 5 MB; eight are few enough requests and little enough to send again. */
const partBytes = 8 * 1024 * 1024;
const partsAtOnce = 3;
/** Milliseconds for ending an upload that failed. */
const endLimit = 30_000;

/** Large zips on their way to Lambda, in a bucket of the person's own. */
export class S3ObjectStore implements ObjectStore {
  readonly #session: SdkSession;

  constructor(session: SdkSession) {
    this.#session = session;
  }

  async upload(request: UploadRequest): Promise<void> {
    const begun: { id?: string | undefined } = {};
    try {
      await this.#send(request, begun);
    } catch (error) {
      if (begun.id === undefined) throw error;
      throw withLeftovers(error, await this.#end(request, begun.id));
    }
  }

  async #send(
    { bucket, key, file, signal, onProgress }: UploadRequest,
    begun: { id?: string | undefined },
  ): Promise<void> {
    const total = (await stat(file)).size;
    const subject = `${bucket}/${key}`;
    // Sending a part again is the SDK's own doing; the whole is not started anew.
    await this.#session.call(
      { operation: 'UploadObject', kind: 'read', subject, signal, cancelling: 'whenSettled' },
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
          leavePartsOnError: true, // they are removed below, with credentials that work
        });
        upload.on('httpUploadProgress', ({ loaded = 0 }) => onProgress?.(loaded, total));
        try {
          await upload.done();
        } finally {
          begun.id = upload.uploadId;
          body.destroy();
        }
        signal?.throwIfAborted();
      },
    );
  }

  /**
   * Ends an upload that was begun, whatever it failed by: the session has new clients after useless credentials.
   * @returns what is left, in a sentence for the person
   */
  async #end({ bucket, key }: UploadRequest, uploadId: string): Promise<string[]> {
    const subject = `${bucket}/${key}`;
    const signal = AbortSignal.timeout(endLimit);
    try {
      await this.#session.call(
        { operation: 'AbortUpload', kind: 'read', subject, signal },
        async ({ s3, options }) => {
          const [{ AbortMultipartUploadCommand }, client] = await Promise.all([
            import('./sdk.ts').then((sdk) => sdk.clientS3()),
            s3(),
          ]);
          const command = new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId });
          await client.send(command, options);
        },
      );
      return [];
    } catch (error) {
      if (error instanceof UserError && error.code === 'NotFound') return []; // it has ended already
      return [
        `Parts of ${key} may be left in the bucket ${bucket}, where they cost money: abort the upload with the id ${uploadId} there, or let a lifecycle rule do it.`,
      ];
    }
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

type UploadRequest = Parameters<ObjectStore['upload']>[0];

/**
 * `Upload` sends without a signal, and its own way of aborting returns before the parts are gone. This client lets
 * the parts in flight fail, so that the upload rejects.
 */
function cancellable(client: S3Client, sdk: typeof Sdk, signal: AbortSignal | undefined): S3Client {
  if (signal === undefined) return client;
  const send = (command: Parameters<S3Client['send']>[0]): Promise<unknown> => {
    // Begun and not known of, an upload could not be ended; completed and not known of, not be removed.
    const mustFinish =
      command instanceof sdk.CreateMultipartUploadCommand ||
      command instanceof sdk.CompleteMultipartUploadCommand;
    return client.send(command, mustFinish ? {} : { abortSignal: signal });
  };
  return Object.create(client, { send: { value: send } }) as S3Client;
}
