// Requests that fetch cannot make.

import { request } from 'node:http';

/** One GET with a Host header, which fetch does not let a caller set, and headers that may repeat. */
export function raw(agent, path, headers) {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(agent.url);
    const asked = request({ hostname, port, path, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => { text += piece; });
      response.on('end', () => resolve({
        status: response.statusCode, text, body: JSON.parse(text), headers: new Headers({ 'content-type': response.headers['content-type'] }),
      }));
    });
    asked.on('error', reject).end();
  });
}
