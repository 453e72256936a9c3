import type { EventTemplate } from '../eventTemplate.ts';

/** Shape: Lambda developer guide, "Using Lambda with Amazon SQS", example standard queue message event. */
export const sqs: EventTemplate = {
  id: 'sqs',
  label: 'SQS',
  description: 'a batch of two messages',
  event: {
    Records: [
      message('059f36b4-87a3-44ab-83d2-661975830a7d', '{"name":"Ada"}', '1f494d232279c6b570bb5a22ac9f370d'),
      message('2e1424d4-f796-459a-8184-9c92662be6da', '{"name":"Grace"}', '2758cbf39d6443cbcf468d36375eaff7'),
    ],
  },
};

function message(messageId: string, body: string, md5OfBody: string): object {
  return {
    messageId,
    receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a',
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '1740830400000',
      SenderId: 'AIDAIENQZJOLO23YVJ4VO',
      ApproximateFirstReceiveTimestamp: '1740830400087',
    },
    messageAttributes: {
      language: { stringValue: 'de', stringListValues: [], binaryListValues: [], dataType: 'String' },
    },
    md5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:greetings',
    awsRegion: 'us-east-1',
  };
}
