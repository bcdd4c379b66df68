// Serves this folder, and the stock client from node_modules: `node serve.mjs [PORT]`.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** The client's bundle, of the examples' node_modules or of the integration tests'. */
function bundle() {
  const paths = [here, join(here, '../../../tests/integration')];
  const found = createRequire(import.meta.url).resolve('@microsoft/signalr/package.json', { paths });
  return join(dirname(found), 'dist/browser/signalr.min.js');
}

const FILES = {
  '/': [() => join(here, 'index.html'), 'text/html; charset=utf-8'],
  '/signalr.js': [bundle, 'text/javascript; charset=utf-8'],
};

/** A listening server on that port of this machine; 0: any. */
export async function serve(port) {
  const server = createServer(async (request, response) => {
    const [find, type] = FILES[new URL(request.url, 'http://x').pathname] ?? [];
    const body = find && await Promise.resolve().then(find).then((path) => readFile(path)).catch(() => null);
    if (body) response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body);
    else response.writeHead(404).end();
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const server = await serve(Number(process.argv[2] ?? 8080));
  console.log(`http://127.0.0.1:${server.address().port}/`);
}
