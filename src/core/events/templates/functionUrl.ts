import type { EventTemplate } from '../eventTemplate.ts';

/** Shape: Lambda developer guide, "Invoking Lambda function URLs", request payload format. */
export const functionUrl: EventTemplate = {
  id: 'function-url',
  label: 'Function URL',
  description: 'an HTTP request to the function itself',
  event: {
    version: '2.0',
    routeKey: '$default',
    rawPath: '/greetings/ada',
    rawQueryString: 'language=de',
    cookies: ['session=abc123'],
    headers: {
      accept: 'application/json',
      'content-length': '13',
      'content-type': 'application/json',
      host: 'abcdefghijklmnopqrstuvwxyz012345.lambda-url.us-east-1.on.aws',
      'user-agent': 'curl/8.5.0',
      'x-amzn-trace-id': 'Root=1-67891233-abcdef012345678912345678',
      'x-forwarded-for': '192.0.2.10',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    queryStringParameters: { language: 'de' },
    requestContext: {
      accountId: 'anonymous',
      apiId: 'abcdefghijklmnopqrstuvwxyz012345',
      domainName: 'abcdefghijklmnopqrstuvwxyz012345.lambda-url.us-east-1.on.aws',
      domainPrefix: 'abcdefghijklmnopqrstuvwxyz012345',
      http: {
        method: 'POST',
        path: '/greetings/ada',
        protocol: 'HTTP/1.1',
        sourceIp: '192.0.2.10',
        userAgent: 'curl/8.5.0',
      },
      requestId: '3f2a1b0c-9d8e-4f7a-8b6c-5d4e3f2a1b0c',
      routeKey: '$default',
      stage: '$default',
      time: '01/Mar/2025:12:00:00 +0000',
      timeEpoch: 1740830400000,
    },
    body: '{"loud":true}',
    isBase64Encoded: false,
  },
};
