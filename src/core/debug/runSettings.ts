import { UserError } from '../base/errors.ts';
import { functionSettings, type FunctionSettings, initializationType } from '../emulator/functionSettings.ts';
import type { FunctionIdentity } from '../run/environmentVariables.ts';
import type { LaunchConfiguration } from './launchConfiguration.ts';

/**
 * What the emulator must know of a function.
 * @throws UserError `ConfigurationInvalid` when a variable by which Lambda is told something makes no sense
 */
export function settingsOf(
  configuration: LaunchConfiguration,
  variables: Readonly<Record<string, string>>,
): FunctionSettings {
  const {
    cognitoIdentity,
    functionName,
    handler,
    initTimeout,
    limitBandwidth,
    memorySize,
    request,
    runtime,
    timeout,
  } = configuration;
  return functionSettings({
    functionName,
    handler,
    memorySizeMb: memorySize,
    timeoutMs: timeout * 1000,
    ...(request === 'attach' ? { initTimeoutMs: undefined } : {}),
    ...(request !== 'attach' && initTimeout !== undefined ? { initTimeoutMs: initTimeout * 1000 } : {}),
    runtimeLabel: runtime.replace('.', ':'),
    limitBandwidth,
    cognitoIdentity,
    ...behaviourOf(variables),
  });
}

/** What the function is told of itself. */
export function identityOf({ handler }: LaunchConfiguration, settings: FunctionSettings): FunctionIdentity {
  return { ...settings, handler, initializationType: initializationType(settings) };
}

/** Variables by which Lambda itself is told how to treat the function. */
function behaviourOf(
  variables: Readonly<Record<string, string>>,
): Pick<FunctionSettings, 'logFormat' | 'maxConcurrency'> {
  const concurrency = Number(variables['AWS_LAMBDA_MAX_CONCURRENCY'] ?? 1);
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > maxConcurrency) {
    throw new UserError(
      'ConfigurationInvalid',
      `The environment variable AWS_LAMBDA_MAX_CONCURRENCY is not a whole number from 1 to ${maxConcurrency}.`,
      'Correct it in "env" or "envFile".',
    );
  }
  return {
    logFormat: variables['AWS_LAMBDA_LOG_FORMAT'] === 'JSON' ? 'JSON' : 'Text',
    maxConcurrency: concurrency,
  };
}

/** More at a time than Lambda allows would only hide a mistake. */
const maxConcurrency = 1000;
