import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';

/** The clients of one profile and region, which are closed when nobody wants or uses them any more. */
export class OpenClients {
  /** Repeats what failed in passing. */
  readonly read: LambdaClient;
  /** Sends everything once. */
  readonly write: LambdaClient;
  readonly #makeS3: () => Promise<S3Client>;
  #s3: Promise<S3Client> | undefined;
  #users = 0;
  #isRetired = false;

  constructor(read: LambdaClient, write: LambdaClient, makeS3: () => Promise<S3Client>) {
    this.read = read;
    this.write = write;
    this.#makeS3 = makeS3;
  }

  /** The S3 client, which most people never need. */
  s3(): Promise<S3Client> {
    return (this.#s3 ??= this.#makeS3());
  }

  /** Keeps the clients open until the work has ended, however it ends. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    this.#users += 1;
    try {
      return await work();
    } finally {
      this.#users -= 1;
      if (this.#isRetired && this.#users === 0) this.close();
    }
  }

  /** Closes them as soon as nobody uses them: what is on its way ends first. */
  retire(): void {
    this.#isRetired = true;
    if (this.#users === 0) this.close();
  }

  /** Closes them at once; calls on their way fail. */
  close(): void {
    this.read.destroy();
    this.write.destroy();
    this.#s3?.then((client) => client.destroy()).catch(() => undefined);
  }
}
