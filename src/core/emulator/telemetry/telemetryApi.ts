import type { Exchange, Route } from '../http/apiRouter.ts';
import { sendError } from '../http/replies.ts';
import { readBody } from '../http/requestBody.ts';
import { maxExtensionBodyBytes } from '../limits.ts';
import type { SubscriptionApi } from './subscription.ts';
import type { TelemetryHub, TelemetrySubscriber } from './telemetryHub.ts';

/** Why an extension identifier is not accepted; answered with 403. */
export interface IdentifierError {
  readonly errorType: string;
  readonly errorMessage: string;
}

/** What the endpoints work on. */
export interface TelemetryApiContext {
  /** The hub of the current execution environment. */
  readonly hub: () => TelemetryHub | undefined;
  /** The extension with this `Lambda-Extension-Identifier`, in the current execution environment. */
  readonly subscriber: (identifier: string | undefined) => TelemetrySubscriber | IdentifierError;
}

/** The endpoints of the Telemetry API, version 2022-07-01, and of the Logs API, version 2020-08-15. */
export function telemetryRoutes(context: TelemetryApiContext): readonly Route[] {
  return [
    {
      method: 'PUT',
      path: /^\/2022-07-01\/telemetry\/?$/,
      handle: (exchange) => subscribe('telemetry', context, exchange),
    },
    {
      method: 'PUT',
      path: /^\/2020-08-15\/logs\/?$/,
      handle: (exchange) => subscribe('logs', context, exchange),
    },
  ];
}

async function subscribe(
  api: SubscriptionApi,
  context: TelemetryApiContext,
  { request, response }: Exchange,
): Promise<void> {
  const hub = context.hub();
  const subscriber = context.subscriber(request.headersDistinct['lambda-extension-identifier']?.[0]);
  if ('errorType' in subscriber) {
    sendError(response, 403, subscriber.errorType, subscriber.errorMessage);
    return;
  }
  const body = await readBody(request, maxExtensionBodyBytes);
  if (body.kind === 'truncated') {
    sendError(response, 400, 'TruncatedHTTPRequest', 'HTTP request detected as truncated');
  } else if (body.kind === 'tooLarge') {
    const text = `Exceeded maximum allowed payload size (${maxExtensionBodyBytes} bytes).`;
    sendError(response, 413, 'RequestEntityTooLarge', text);
  } else if (hub === undefined || hub !== context.hub()) {
    sendError(response, 403, 'Forbidden', 'No execution environment is running'); // it ended meanwhile
  } else {
    const outcome = hub.subscribe(api, subscriber, body.bytes);
    if (outcome.kind === 'refused') {
      sendError(response, outcome.status, outcome.errorType, outcome.errorMessage);
    } else {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 4 }).end('"OK"');
    }
  }
}
