import type { EventTemplate } from '../eventTemplate.ts';

const streamArn = 'arn:aws:kinesis:us-east-1:123456789012:stream/greetings';

/** Shape: Lambda developer guide, "Using Lambda to process records from Amazon Kinesis Data Streams". */
export const kinesis: EventTemplate = {
  id: 'kinesis',
  label: 'Kinesis',
  description: 'a batch of two records, data in base64',
  event: {
    Records: [
      record('18', '{"name":"Ada"}', 1740830400.087),
      record('76', '{"name":"Grace"}', 1740830400.12),
    ],
  },
};

function record(end: string, data: string, arrival: number): object {
  const sequenceNumber = `495903382714902566085596925383615710959215759891368585${end}`;
  return {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: '1',
      sequenceNumber,
      data: Buffer.from(data).toString('base64'),
      approximateArrivalTimestamp: arrival,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `shardId-000000000006:${sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: 'arn:aws:iam::123456789012:role/lambda-role',
    awsRegion: 'us-east-1',
    eventSourceARN: streamArn,
  };
}
