import { after, afterEach, before } from 'mocha';
import { AwsConnections, type AwsConnection } from '../../src/aws/awsConnections.ts';
import { oneEndpoint } from '../../src/aws/endpoints.ts';
import type { Logger } from '../../src/core/base/logger.ts';
import { startFaultProxy, type FaultProxy } from './faultProxy.ts';
import { startMoto, type Moto } from './moto.ts';
import { MotoSeed } from './motoSeed.ts';

/** The region that the tests work in. */
export const region = 'eu-west-1';

/** What must never be seen anywhere; the values are AWS's own examples, which nobody has. */
export const testCredentials = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  AWS_SESSION_TOKEN: 'IQoJb3JpZ2luX2VjEXAMPLESESSIONTOKEN',
} as const;

/** An AWS of the tests' own. */
export interface TestAws {
  readonly proxy: FaultProxy;
  readonly seed: MotoSeed;
  /** A connection as the product makes it; closed after the test. */
  connect(options?: {
    readonly region?: string;
    readonly logger?: Logger;
    readonly maxAttempts?: number;
    readonly graceMilliseconds?: number;
  }): AwsConnection;
}

/** Installing moto for the first time takes a minute. */
const startLimit = 300_000;

/**
 * Starts moto behind the proxy for the tests of the surrounding `describe`, with credentials in the environment and
 * nobody's own AWS files. What the tests put into it stays until their end: let them use names of their own.
 */
export function useAws(): TestAws {
  let running: { moto: Moto; proxy: FaultProxy; seed: MotoSeed } | undefined;
  const opened: AwsConnections[] = [];
  const restore = useEnvironment({
    ...testCredentials,
    AWS_CONFIG_FILE: '/nonexistent/config',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PROFILE: undefined,
    AWS_REGION: undefined,
    AWS_DEFAULT_REGION: undefined,
  });
  before(async function () {
    this.timeout(startLimit);
    const moto = await startMoto();
    const proxy = await startFaultProxy(moto.endpoint);
    running = { moto, proxy, seed: new MotoSeed(proxy.endpoint, region) };
  });
  afterEach(() => {
    running?.proxy.clear();
    for (const connections of opened.splice(0)) connections.dispose();
  });
  after(async () => {
    restore();
    await running?.proxy.stop();
    await running?.moto.stop();
  });
  const started = (): NonNullable<typeof running> => {
    if (running === undefined) throw new Error('The tests have not begun.');
    return running;
  };
  return {
    get proxy() {
      return started().proxy;
    },
    get seed() {
      return started().seed;
    },
    connect: ({ region: wanted = region, ...options } = {}) => {
      const connections = new AwsConnections(options);
      opened.push(connections);
      return connections.connect({ region: wanted, endpoints: oneEndpoint(started().proxy.endpoint) });
    },
  };
}

/** Sets variables of this process before the tests; the returned function restores them. */
function useEnvironment(wanted: Readonly<Record<string, string | undefined>>): () => void {
  const former = new Map<string, string | undefined>();
  before(() => {
    for (const [name, value] of Object.entries(wanted)) {
      former.set(name, process.env[name]);
      setVariable(name, value);
    }
  });
  return () => {
    for (const [name, value] of former) setVariable(name, value);
  };
}

function setVariable(name: string, value: string | undefined): void {
  if (value === undefined) Reflect.deleteProperty(process.env, name);
  else process.env[name] = value;
}
