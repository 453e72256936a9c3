import type { InvocationContext } from '../emulator/invocation.ts';

/** An invocation to be repeated in a shell. */
export interface CliInvocation {
  /** Base address of the Invoke API. */
  readonly endpointUrl: string;
  readonly functionName: string;
  /** The event: its JSON text, or the absolute path of a file with it. */
  readonly payload: { readonly text: string } | { readonly file: string };
  /** What came with the event. The command has no option for a trace header, nor for a Cognito identity. */
  readonly context: Pick<InvocationContext, 'clientContext' | 'qualifier' | 'tenantId'>;
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
export function cliCommand({ context, endpointUrl, functionName, payload }: CliInvocation): string {
  const { clientContext, qualifier, tenantId } = context;
  return [
    ...['aws', 'lambda', 'invoke'],
    ...['--endpoint-url', endpointUrl],
    ...['--no-sign-request', '--region', 'us-east-1'],
    ...['--function-name', functionName],
    ...option('--qualifier', qualifier),
    ...option('--tenant-id', tenantId),
    ...option('--client-context', clientContext && Buffer.from(clientContext).toString('base64')),
    ...['--cli-binary-format', 'raw-in-base64-out'],
    ...['--payload', 'text' in payload ? payload.text : `file://${payload.file}`],
    '/dev/stdout',
  ]
    .map(shellQuoted)
    .join(' ');
}

function option(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [name, value];
}

/** A text as one word of a POSIX shell. */
export function shellQuoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
