import type { ServerResponse } from 'node:http';
import { isRecord } from '../../base/json.ts';
import type { Exchange, Route } from '../http/apiRouter.ts';
import { readBody } from '../http/requestBody.ts';
import { sendAccepted, sendError, sendJson } from '../http/replies.ts';
import { maxExtensionBodyBytes } from '../limits.ts';
import type { FunctionSettings } from '../functionSettings.ts';
import { isRefusal, type ExtensionRefusal, type ExtensionRegistry } from './extensionRegistry.ts';
import { randomUUID } from 'node:crypto';

/**
 * The Lambda Extensions API, version 2020-01-01. Statuses and bodies are those of the Runtime Interface Emulator
 * (`rapi/handler/agent*.go`), which answers every refusal with 403. `registry` gives the extensions of the current
 * environment; there are none, and all is refused, while no environment runs.
 */
export function extensionRoutes(
  settings: FunctionSettings,
  registry: () => ExtensionRegistry | undefined,
): readonly Route[] {
  const current = (exchange: Exchange): ExtensionRegistry | undefined => {
    const found = registry();
    if (found === undefined) refuse(exchange.response, noEnvironment);
    return found;
  };
  return [
    {
      method: 'POST',
      path: /^\/2020-01-01\/extension\/register$/,
      handle: async (exchange) => {
        const extensions = current(exchange);
        if (extensions !== undefined) await register(exchange, settings, extensions);
      },
    },
    {
      method: 'GET',
      path: /^\/2020-01-01\/extension\/event\/next$/,
      handle: (exchange) => {
        const extensions = current(exchange);
        if (extensions !== undefined) next(exchange, extensions);
      },
    },
    {
      method: 'POST',
      path: /^\/2020-01-01\/extension\/(init|exit)\/error$/,
      handle: async (exchange) => {
        const extensions = current(exchange);
        if (extensions !== undefined) await reportError(exchange, extensions);
      },
    },
  ];
}

const noEnvironment: ExtensionRefusal = {
  errorType: 'Forbidden',
  errorMessage: 'No execution environment is running',
};

async function register(
  { request, response }: Exchange,
  settings: FunctionSettings,
  registry: ExtensionRegistry,
): Promise<void> {
  const name = request.headers['lambda-extension-name'];
  const body = await readBody(request, maxExtensionBodyBytes);
  if (typeof name !== 'string' || name === '') {
    sendError(response, 403, 'Extension.InvalidExtensionName', 'Empty extension name');
    return;
  }
  const events = body.kind === 'complete' ? requestedEvents(body.bytes) : 'unexpected EOF';
  if (typeof events === 'string') {
    sendError(response, 403, 'InvalidRequestFormat', events);
    return;
  }
  const outcome = registry.register(name, events);
  if (isRefusal(outcome)) {
    refuse(response, outcome);
    return;
  }
  const features = String(request.headers['lambda-extension-accept-feature'] ?? '').split(',');
  const withAccount = features.some((feature) => feature.trim() === 'accountId');
  const { functionName, version: functionVersion, handler, accountId } = settings;
  const metadata = { functionName, functionVersion, handler, ...(withAccount ? { accountId } : {}) };
  sendJson(response, 200, metadata, { 'Lambda-Extension-Identifier': outcome.id });
}

/** The events of a registration's body, or what is wrong with it. */
function requestedEvents(body: Buffer): readonly string[] | string {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (!isRecord(value)) return 'The body is not a JSON object';
  const configurationKeys = memberOf(value, 'configurationkeys');
  const events = memberOf(value, 'events') ?? []; // Go's client sends null for none
  if (Array.isArray(configurationKeys) && configurationKeys.length > 0) {
    return 'configurationKeys are deprecated; use environment variables instead';
  }
  if (!Array.isArray(events) || !events.every((event) => typeof event === 'string')) {
    return 'The member "events" is not a list of texts';
  }
  return events;
}

/** Lambda reads a registration with Go, to which the case of a member's name does not matter. */
function memberOf(fields: Readonly<Record<string, unknown>>, lowerCaseName: string): unknown {
  return Object.entries(fields).findLast(([name]) => name.toLowerCase() === lowerCaseName)?.[1];
}

function next({ request, response }: Exchange, registry: ExtensionRegistry): void {
  const extension = registry.find(request.headersDistinct['lambda-extension-identifier']?.[0]);
  if (isRefusal(extension)) {
    refuse(response, extension);
    return;
  }
  const outcome = registry.next(extension, (event) => {
    sendJson(response, 200, event, { 'Lambda-Extension-Event-Identifier': randomUUID() });
  });
  if (isRefusal(outcome)) refuse(response, outcome);
  else response.once('close', () => outcome.dispose());
}

async function reportError(
  { request, response, parameter }: Exchange,
  registry: ExtensionRegistry,
): Promise<void> {
  await readBody(request, maxExtensionBodyBytes);
  const extension = registry.find(request.headersDistinct['lambda-extension-identifier']?.[0]);
  if (isRefusal(extension)) {
    refuse(response, unknownIdentifier(extension));
    return;
  }
  const errorType = request.headersDistinct['lambda-extension-function-error-type']?.[0] ?? '';
  if (errorType === '') {
    const text = 'Lambda-Extension-Function-Error-Type not found';
    sendError(response, 403, 'Extension.MissingHeader', text);
    return;
  }
  const refused = registry.reportError(
    extension,
    parameter === 'init' ? 'initError' : 'exitError',
    errorType,
  );
  if (refused === undefined) sendAccepted(response);
  else refuse(response, refused);
}

/** These two endpoints word it another way than `event/next`. */
function unknownIdentifier(refusal: ExtensionRefusal): ExtensionRefusal {
  if (refusal.errorType !== 'Extension.UnknownExtensionIdentifier') return refusal;
  return { ...refusal, errorMessage: 'Unknown Lambda-Extension-Identifier' };
}

function refuse(response: ServerResponse, { errorType, errorMessage }: ExtensionRefusal): void {
  sendError(response, 403, errorType, errorMessage);
}
