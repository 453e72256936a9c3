import type { EventTemplate } from '../eventTemplate.ts';

/** Shape: Amazon EventBridge user guide, scheduled rules: events of source `aws.events`. */
export const schedule: EventTemplate = {
  id: 'schedule',
  label: 'Schedule',
  description: 'a scheduled rule is due',
  event: {
    version: '0',
    id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '123456789012',
    time: '2025-03-01T12:00:00Z',
    region: 'us-east-1',
    resources: ['arn:aws:events:us-east-1:123456789012:rule/every-hour'],
    detail: {},
  },
};
