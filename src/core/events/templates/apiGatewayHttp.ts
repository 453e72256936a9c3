import type { EventTemplate } from '../eventTemplate.ts';

/** Shape: API Gateway developer guide, "Create AWS Lambda proxy integrations for HTTP APIs" (payload 2.0). */
export const apiGatewayHttp: EventTemplate = {
  id: 'api-gateway-http',
  label: 'API Gateway HTTP API (v2)',
  description: 'an HTTP request, payload format 2.0',
  event: {
    version: '2.0',
    routeKey: 'POST /greetings/{name}',
    rawPath: '/greetings/ada',
    rawQueryString: 'language=en&language=de',
    cookies: ['session=abc123', 'theme=dark'],
    headers: {
      accept: 'application/json',
      'content-length': '13',
      'content-type': 'application/json',
      host: 'abcdef1234.execute-api.us-east-1.amazonaws.com',
      'user-agent': 'curl/8.5.0',
      'x-amzn-trace-id': 'Root=1-67891233-abcdef012345678912345678',
      'x-forwarded-for': '192.0.2.10',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    queryStringParameters: { language: 'en,de' },
    pathParameters: { name: 'ada' },
    stageVariables: { table: 'greetings' },
    requestContext: {
      accountId: '123456789012',
      apiId: 'abcdef1234',
      authorizer: {
        jwt: { claims: { sub: 'user-1', aud: 'greetings' }, scopes: ['greet'] },
      },
      domainName: 'abcdef1234.execute-api.us-east-1.amazonaws.com',
      domainPrefix: 'abcdef1234',
      http: {
        method: 'POST',
        path: '/greetings/ada',
        protocol: 'HTTP/1.1',
        sourceIp: '192.0.2.10',
        userAgent: 'curl/8.5.0',
      },
      requestId: 'Xy0aBEXAMPLEabc=',
      routeKey: 'POST /greetings/{name}',
      stage: '$default',
      time: '01/Mar/2025:12:00:00 +0000',
      timeEpoch: 1740830400000,
    },
    body: '{"loud":true}',
    isBase64Encoded: false,
  },
};
