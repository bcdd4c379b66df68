// A small HTTP server that ends with the test, for gateways and webhooks.

import { once } from 'node:events';
import { createServer } from 'node:http';

/** {url, requests}: `answer(request, response)` gets {method, url, headers, body} and the response. */
export async function serve(t, answer, port = 0) {
  const requests = [];
  const server = createServer(async (incoming, response) => {
    const pieces = [];
    for await (const piece of incoming) pieces.push(piece);
    const request = { method: incoming.method, url: incoming.url, headers: incoming.headers, body: Buffer.concat(pieces).toString('utf8'), at: Date.now() };
    requests.push(request);
    await answer(request, response);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => { server.close(); server.closeAllConnections(); });
  return { url: `http://127.0.0.1:${server.address().port}`, port: server.address().port, requests };
}
