import type { EventTemplate } from '../eventTemplate.ts';

/** Shape: Amazon EventBridge user guide, "Events and event patterns". */
export const eventBridge: EventTemplate = {
  id: 'event-bridge',
  label: 'EventBridge',
  description: 'an event of an own application that matched a rule',
  event: {
    version: '0',
    id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
    'detail-type': 'Order Placed',
    source: 'com.example.orders',
    account: '123456789012',
    time: '2025-03-01T12:00:00Z',
    region: 'us-east-1',
    resources: ['arn:aws:dynamodb:us-east-1:123456789012:table/orders'],
    detail: { orderId: '42', customer: 'Ada', total: 19.99 },
  },
};
