/**
 * What the shared configuration and credentials files hold, read anew. The files are those that the SDK reads:
 * `~/.aws/…`, or what `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE` say.
 */
export async function readSharedConfig() {
  const { loadSharedConfigFiles } = await import('./sdk.ts').then((sdk) => sdk.sharedIniFileLoader());
  return loadSharedConfigFiles({ ignoreCache: true });
}
