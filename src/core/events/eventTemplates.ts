import type { EventTemplate } from './eventTemplate.ts';
import { apiGatewayHttp } from './templates/apiGatewayHttp.ts';
import { apiGatewayRest } from './templates/apiGatewayRest.ts';
import { dynamodb } from './templates/dynamodb.ts';
import { eventBridge } from './templates/eventBridge.ts';
import { functionUrl } from './templates/functionUrl.ts';
import { kinesis } from './templates/kinesis.ts';
import { s3 } from './templates/s3.ts';
import { schedule } from './templates/schedule.ts';
import { sns } from './templates/sns.ts';
import { sqs } from './templates/sqs.ts';

/** The library of events, in the order in which they are offered. */
export const eventTemplates: readonly EventTemplate[] = [
  apiGatewayRest,
  apiGatewayHttp,
  functionUrl,
  s3,
  sqs,
  sns,
  eventBridge,
  schedule,
  dynamodb,
  kinesis,
];
