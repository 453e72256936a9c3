import assert from 'node:assert/strict';
import { eventCompletions } from '../../../../src/core/events/eventCompletions.ts';

const events = ['{ "name": "Ada" }', '{"name":"Grace"}', '[1]', '{"other":true}'];
const offered = (text: string, column = text.length + 1) =>
  eventCompletions(events, { text, column }).map((item) => item.text);

describe('Completions of events', () => {
  it('offer everything while nothing is typed, in the order given', () => {
    const items = eventCompletions(events, { text: '', column: 1 });
    assert.deepEqual(
      items.map(({ text }) => text),
      ['{"name":"Ada"}', '{"name":"Grace"}', '[1]', '{"other":true}'],
    );
    const order = items.map(({ sortText }) => sortText ?? '');
    assert.deepEqual([...order].sort(), order);
  });

  it('offer what begins with the typed text, wherever the blanks are', () => {
    assert.deepEqual(offered('{"na'), ['{"name":"Ada"}', '{"name":"Grace"}']);
    assert.deepEqual(offered('{ "name" : "G'), ['{"name":"Grace"}']);
    assert.deepEqual(offered('['), ['[1]']);
    assert.deepEqual(offered('name'), []);
  });

  it('replace what was typed before the cursor', () => {
    const [item] = eventCompletions(events, { text: '{"o', column: 4 });
    assert.deepEqual([item?.start, item?.length], [0, 3]);
    assert.deepEqual(offered('{"other', 2), ['{"name":"Ada"}', '{"name":"Grace"}', '{"other":true}']);
  });

  it('are not offered in further lines', () => {
    assert.deepEqual(eventCompletions(events, { text: '{\n"na', column: 6 }), []);
  });
});
