import type { EventTemplate } from '../eventTemplate.ts';

/** Shape: Lambda developer guide, "Invoking Lambda functions with Amazon SNS notifications". */
export const sns: EventTemplate = {
  id: 'sns',
  label: 'SNS',
  description: 'a notification',
  event: {
    Records: [
      {
        EventVersion: '1.0',
        EventSubscriptionArn:
          'arn:aws:sns:us-east-1:123456789012:greetings:21be56ed-a058-49f5-8c98-aedd2564c486',
        EventSource: 'aws:sns',
        Sns: {
          SignatureVersion: '1',
          Timestamp: '2025-03-01T12:00:00.000Z',
          Signature: 'tcc6faL2yUC6dgZdmrwh1Y4cGa/ebXEkAi6RibDsvpi+tE/1+82j65r',
          SigningCertUrl: 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-example.pem',
          MessageId: '95df01b4-ee98-5cb9-9903-4c221d41eb5e',
          Message: 'Hello from SNS!',
          MessageAttributes: {
            language: { Type: 'String', Value: 'de' },
          },
          Type: 'Notification',
          UnsubscribeUrl: 'https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=example',
          TopicArn: 'arn:aws:sns:us-east-1:123456789012:greetings',
          Subject: 'Greeting',
        },
      },
    ],
  },
};
