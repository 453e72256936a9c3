import { join } from 'node:path';
import type { ConformanceOptions } from './conformanceFunction.ts';
import { conformanceProgram, conformanceSources } from './programs.ts';

/** What the invoker is told of an error: the whole text of both members, or a pattern. */
export interface ExpectedError {
  readonly errorType: string;
  readonly errorMessage: RegExp;
}

/** A runtime client of AWS with the conformance function on it, and what is its own way. */
export interface RuntimeClient {
  readonly name: string;
  readonly options: () => ConformanceOptions;
  /** After a handler's error. */
  readonly failure: ExpectedError;
  /** After the action `panic`. */
  readonly panic: ExpectedError;
  /** After a function that cannot be loaded. */
  readonly broken: ExpectedError;
  /** Calls that it serves one after the other: enough to find what leaks or gets out of step. */
  readonly calls: number;
}

const source = (...path: string[]): string => join(conformanceSources, ...path);

const failure: ExpectedError = { errorType: 'ConformanceError', errorMessage: /^failed on purpose$/ };

const exited = (how: string): ExpectedError => ({
  errorType: 'Runtime.ExitError',
  errorMessage: new RegExp(`^RequestId: \\S+ Error: Runtime exited with error: ${how}$`),
});

const node: Omit<RuntimeClient, 'name' | 'options'> = {
  failure,
  panic: exited('exit status 1'),
  broken: { errorType: 'RangeError', errorMessage: /^broken on purpose$/ },
  calls: 500,
};

const nodeOptions = (): ConformanceOptions => ({
  code: source('node', 'function'),
  layers: [conformanceProgram('node-client')],
});

/** Every client that the conformance tests run. */
export const runtimeClients = {
  bash: {
    name: 'bash and curl',
    options: () => ({ code: source('bash') }),
    failure: { ...failure, errorType: 'Function.ConformanceError' },
    panic: exited('signal: segmentation fault'),
    broken: { errorType: 'Runtime.ConformanceError', errorMessage: /^broken on purpose$/ },
    calls: 500,
  },
  node: { ...node, name: 'aws-lambda-ric with its native client', options: nodeOptions },
  nodeHttp: {
    ...node,
    name: "aws-lambda-ric with Node's HTTP client",
    options: () => ({ ...nodeOptions(), env: { AWS_LAMBDA_NODEJS_USE_ALTERNATIVE_CLIENT_1: 'true' } }),
  },
  python: {
    name: 'awslambdaric',
    options: () => ({ code: source('python', 'function'), layers: [conformanceProgram('python-client')] }),
    failure,
    panic: exited('signal: aborted'),
    broken: { errorType: 'ArithmeticError', errorMessage: /^broken on purpose$/ },
    calls: 500,
  },
  go: {
    name: 'aws-lambda-go',
    options: () => ({ code: conformanceProgram('go-function') }),
    failure,
    panic: { errorType: 'string', errorMessage: /^panicked on purpose$/ },
    broken: exited('exit status 1'),
    calls: 500,
  },
  rust: {
    name: 'lambda_runtime',
    options: () => ({ code: conformanceProgram('rust-function') }),
    failure,
    panic: {
      errorType: '&alloc::boxed::Box<dyn core::any::Any + core::marker::Send>',
      errorMessage: /panicked on purpose$/,
    },
    broken: exited('exit status 1'),
    calls: 500,
  },
} as const satisfies Record<string, RuntimeClient>;
