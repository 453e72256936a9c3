import type { EventTemplate } from '../eventTemplate.ts';

const eventSourceARN =
  'arn:aws:dynamodb:us-east-1:123456789012:table/greetings/stream/2025-03-01T00:00:00.000';

/** Shape: Lambda developer guide, "Using AWS Lambda with Amazon DynamoDB", polling and batching streams. */
export const dynamodb: EventTemplate = {
  id: 'dynamodb',
  label: 'DynamoDB Stream',
  description: 'an item was inserted, changed and removed',
  event: {
    Records: [
      record(1, 'INSERT', { NewImage: item('Hello') }),
      record(2, 'MODIFY', { NewImage: item('Guten Tag'), OldImage: item('Hello') }),
      record(3, 'REMOVE', { OldImage: item('Guten Tag') }),
    ],
  },
};

function record(number: number, eventName: string, images: object): object {
  return {
    eventID: String(number).padStart(32, 'c'),
    eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    dynamodb: {
      ApproximateCreationDateTime: 1740830400 + number,
      Keys: { Id: { N: '101' } },
      ...images,
      SequenceNumber: `${number}11`,
      SizeBytes: 26,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN,
  };
}

function item(message: string): object {
  return { Message: { S: message }, Id: { N: '101' } };
}
