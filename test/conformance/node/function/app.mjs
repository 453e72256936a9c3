/** The conformance function on aws-lambda-ric: does what each event asks for. */
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { setImmediate } from 'node:timers';

/** Tells this process from the one before it: ids are given again in a new execution environment. */
const born = randomUUID();

class ConformanceError extends Error {
  name = 'ConformanceError';
}

export async function handler(event, context) {
  switch (event?.action) {
    case 'context':
      return describe(context);
    case 'fail':
      throw new ConformanceError('failed on purpose');
    case 'panic':
      setImmediate(() => {
        throw new ConformanceError('panicked on purpose');
      });
      return new Promise(() => undefined);
    case 'exit':
      return process.exit(7);
    case 'log':
      console.log(event.name);
      return event;
    case 'measure':
      return { bytes: Buffer.byteLength(JSON.stringify(event)) };
    case 'respond':
      return 'x'.repeat(event.bytes - 2); // two quotes go around it
    case 'meet':
      await meet(event.name);
      return event;
    default:
      return event;
  }
}

/** Sends the chunks and meets after each; fails at the end when asked to. */
export const stream = globalThis.awslambda.streamifyResponse(async (event, output) => {
  for (const chunk of event.chunks) {
    output.write(chunk);
    await meet(chunk);
  }
  if (event.action === 'streamFail') throw new ConformanceError('failed in the stream');
  output.end();
});

/** Answers a request whose body says what to stream. */
export const web = globalThis.awslambda.streamifyResponse(async (event, output) => {
  const { method, path } = event.requestContext.http;
  const body = globalThis.awslambda.HttpResponseStream.from(output, {
    statusCode: 203,
    headers: { 'Content-Type': 'text/plain', 'X-Seen': `${method} ${path}?${event.rawQueryString}` },
    cookies: ['a=1', 'b=2'],
  });
  const text = event.isBase64Encoded ? Buffer.from(event.body, 'base64').toString() : event.body;
  for (const chunk of JSON.parse(text).chunks) {
    body.write(chunk);
    await meet(chunk);
  }
  body.end();
});

function describe(context) {
  return {
    arn: context.invokedFunctionArn,
    born,
    color: context.clientContext?.custom?.color,
    deadlineMs: Date.now() + context.getRemainingTimeInMillis(),
    requestId: context.awsRequestId,
    tenantId: context.tenantId,
    traceId: process.env._X_AMZN_TRACE_ID,
  };
}

/** Says what happens at the meeting point of the test and waits there until it is let go. */
function meet(what) {
  const [host, port] = process.env.MEETING_POINT.split(':');
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), host);
    socket.on('error', reject);
    socket.on('close', resolve);
    socket.resume();
    socket.write(`${JSON.stringify({ what })}\n`);
  });
}
