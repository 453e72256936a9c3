import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findSourcePaths } from '../../../../src/core/invocations/sourcePaths.ts';

/** What is found in a line: the text that becomes a link, and where it leads. */
function found(line: string): string[] {
  return findSourcePaths(line).map((place) => {
    const text = line.slice(place.start, place.end);
    const to = [place.path, place.line, place.column].filter((part) => part !== undefined).join(':');
    return text === to ? text : `${text} → ${to}`;
  });
}

const examples: readonly (readonly [language: string, line: string, places: readonly string[]])[] = [
  ['Node.js', '    at handler (/var/task/index.js:9:13)', ['/var/task/index.js:9:13']],
  ['Node.js', '    at async /var/task/index.mjs:9:13', ['/var/task/index.mjs:9:13']],
  ['Node.js', '    at f (file:///var/task/a.mjs:1:2)', ['file:///var/task/a.mjs:1:2 → /var/task/a.mjs:1:2']],
  ['Node.js', '    at f (/var/task/my file.js:9:13)', ['/var/task/my file.js:9:13']],
  ['Node.js', '    at node:internal/process/task_queues:95:5', []],
  [
    'Python',
    '  File "/var/task/app.py", line 12, in handler',
    ['"/var/task/app.py", line 12 → /var/task/app.py:12'],
  ],
  ['Go', '\t/home/me/fn/main.go:12 +0x1d', ['/home/me/fn/main.go:12']],
  ['Rust', '   at ./src/main.rs:12:5', ['./src/main.rs:12:5']],
  ['Rust', "thread 'main' panicked at src/main.rs:12:5:", ['src/main.rs:12:5']],
  [
    'Java',
    '\tat com.example.Handler.handle(Handler.java:12)',
    ['Handler.java:12 → com/example/Handler.java:12'],
  ],
  ['Java', '\tat com.example.Handler$1.run(Handler.java:3)', ['Handler.java:3 → com/example/Handler.java:3']],
  ['Java', '\tat java.base/java.util.List.of(List.java:7)', ['List.java:7 → java/util/List.java:7']],
  [
    'Bash',
    '/var/task/hello.sh: line 3: foo: command not found',
    ['/var/task/hello.sh: line 3 → /var/task/hello.sh:3'],
  ],
  ['Ruby', "/opt/ruby/lib/a.rb:12:in `call'", ['/opt/ruby/lib/a.rb:12']],
  ['compilers', 'src/main.c:3:7: error: expected ;', ['src/main.c:3:7']],
];

describe('Places in sources that a log names', () => {
  for (const [language, line, places] of examples) {
    it(`are found as ${language} writes them: ${line.trim()}`, () => assert.deepEqual(found(line), places));
  }

  it('are all found in a line, from left to right', () => {
    assert.deepEqual(found('a.js:1 b/c.py:2:3, "/d.go:4"'), ['a.js:1', 'b/c.py:2:3', '/d.go:4']);
  });

  it('are not addresses, times, versions or ids', () => {
    for (const line of [
      'Invoke endpoint: http://127.0.0.1:9000/2015-03-31',
      'see https://example.com:443/a.js:1',
      '2025-03-01T12:00:00.000Z 12:30:45',
      'INIT_START Runtime Version: provided:al2023.v12\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:x',
      'REPORT RequestId: 8f3a2c1b-0000-4000-8000-000000000000\tDuration: 12.34 ms',
      '{"a":1,"b":"c"}',
    ]) {
      assert.deepEqual(found(line), [], line);
    }
  });

  it('are looked for without trouble in any text, also a long one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (line) => {
        for (const { start, end } of findSourcePaths(line)) assert.ok(start < end && end <= line.length);
      }),
    );
    for (const part of ['/', 'a/', 'a.', '(', '(/', 'at a.', '../', 'File "', 'at ', 'a:1', 'a.b:1']) {
      findSourcePaths(part.repeat(100_000));
      findSourcePaths(`at ${part.repeat(100_000)}`);
    }
  });
});
