import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PausableClock } from '../clock.ts';
import { extensionRoutes } from '../extensions/extensionsApi.ts';
import type { ExecutionEnvironment } from '../environment/executionEnvironment.ts';
import type { FunctionSettings } from '../functionSettings.ts';
import { isKnown, route, type Route } from '../http/apiRouter.ts';
import { goJson } from '../http/goJson.ts';
import type { LoopbackService } from '../http/loopbackServer.ts';
import { sendError } from '../http/replies.ts';
import { isRefusal } from '../extensions/extensionRegistry.ts';
import { telemetryRoutes } from '../telemetry/telemetryApi.ts';
import { metadataRoutes } from './metadataApi.ts';
import { RuntimeApi, truncatedRequest } from './runtimeApi.ts';

/** Where the APIs find the execution environment they speak for. */
export interface EnvironmentAccess {
  /** The one whose runtime may call, while there is one. */
  alive(): ExecutionEnvironment | undefined;
  /** The same, or one whose extensions are being told of the end. */
  last(): ExecutionEnvironment | undefined;
}

/** All APIs inside an execution environment, which share one address: Runtime, Extensions, Telemetry, metadata. */
export class EnvironmentApis implements LoopbackService {
  readonly name = 'Runtime API';
  readonly truncatedBody = `${goJson(truncatedRequest)}\n`;
  readonly #ofExtensions: readonly Route[];
  readonly #all: readonly Route[];
  readonly #access: EnvironmentAccess;

  constructor(
    settings: FunctionSettings,
    clock: PausableClock,
    metadataToken: string,
    access: EnvironmentAccess,
  ) {
    this.#access = access;
    const registry = () => access.last()?.extensions;
    this.#ofExtensions = [
      ...extensionRoutes(settings, registry),
      ...telemetryRoutes({
        hub: () => access.last()?.telemetry,
        subscriber: (identifier) => {
          const found = registry()?.find(identifier);
          if (found !== undefined) return isRefusal(found) ? found : { id: found.id, name: found.name };
          return { errorType: 'Forbidden', errorMessage: 'No execution environment is running' };
        },
      }),
    ];
    this.#all = [
      ...new RuntimeApi(settings, clock, () => access.alive()?.conversation).routes,
      ...metadataRoutes(settings, metadataToken),
      ...this.#ofExtensions,
    ];
  }

  handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const enabled = this.#access.last()?.extensionsEnabled !== false;
    if (enabled || !isKnown(this.#ofExtensions, request)) return route(this.#all, request, response);
    response.writeHead(404).end(); // without a word, unlike what was never there
    return Promise.resolve();
  }

  internalError(response: ServerResponse): void {
    sendError(response, 500, 'InternalServerError', 'Internal Server Error');
  }
}
