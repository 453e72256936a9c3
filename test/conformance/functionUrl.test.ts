import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { functionName, useConformanceFunctions } from './support/conformanceFunction.ts';
import { runtimeClients } from './support/runtimeClients.ts';

const chunks = ['first', 'second', 'third'];

/** The clients that write the prelude of a web response themselves. */
const clients = [runtimeClients.node, runtimeClients.nodeHttp, runtimeClients.go, runtimeClients.rust];

for (const client of clients) {
  describe(`A function URL on ${client.name}`, () => {
    const open = useConformanceFunctions();

    it('is given the request, and answers with status, headers, cookies and body as it writes', async () => {
      const conformance = await open({ ...client.options(), handler: 'app.web' });
      const url = `${conformance.invokeUrl}/lambda-url/${functionName}/some/page?color=blue`;
      const outgoing = request(url, { method: 'POST', agent: false });
      outgoing.end(JSON.stringify({ chunks }));
      const answered = once(outgoing, 'response');
      const writers = chunks.map((chunk) => conformance.meeting.next(chunk));
      await writers[0];
      const [response] = (await answered) as [IncomingMessage];
      assert.equal(response.statusCode, 203);
      assert.equal(response.headers['content-type'], 'text/plain');
      assert.equal(response.headers['x-seen'], 'POST /some/page?color=blue');
      assert.deepEqual(response.headers['set-cookie'], ['a=1', 'b=2']);
      const pieces = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
      for (const [index, chunk] of chunks.entries()) {
        assert.equal(String((await pieces.next()).value), chunk);
        (await writers[index])?.leave(); // it goes on only when this has come
      }
      assert.equal((await pieces.next()).done, true);
    });
  });
}
