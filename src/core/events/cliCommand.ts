/** An invocation to be repeated in a shell. */
export interface CliInvocation {
  /** Base address of the Invoke API. */
  readonly endpointUrl: string;
  readonly functionName: string;
  /** The event: its JSON text, or the absolute path of a file with it. */
  readonly payload: { readonly text: string } | { readonly file: string };
}

/**
 * Events that are longer than this go into a file, in bytes: a terminal takes lines of up to 4,096 bytes (`termios(3)`,
 * canonical mode), and nobody reads longer ones.
 */
export const maxInlinePayloadBytes = 3000;

/**
 * The command of the AWS CLI that sends an event to the local Invoke API and prints the response, quoted for POSIX
 * shells. It needs no credentials and no configuration.
 */
export function cliCommand({ endpointUrl, functionName, payload }: CliInvocation): string {
  return [
    ...['aws', 'lambda', 'invoke'],
    ...['--endpoint-url', endpointUrl],
    ...['--no-sign-request', '--region', 'us-east-1'],
    ...['--function-name', functionName],
    ...['--cli-binary-format', 'raw-in-base64-out'],
    ...['--payload', 'text' in payload ? payload.text : `file://${payload.file}`],
    '/dev/stdout',
  ]
    .map(shellQuoted)
    .join(' ');
}

/** A text as one word of a POSIX shell. */
export function shellQuoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
