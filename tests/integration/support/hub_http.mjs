// The hub's requests one by one, as a client makes them that we write ourselves.

import assert from 'node:assert/strict';
import { connect } from 'node:net';

import { within } from './expect.mjs';
import { RS } from './websocket.mjs';

export const HUB = '/hubs/notifications';
const HANDSHAKE = `{"protocol":"json","version":1}${RS}`;

/** The hub messages of a text. */
export const messagesOf = (text) => {
  const parts = text.split(RS);
  assert.equal(parts.pop(), '', 'only whole messages are sent');
  return parts.map((part) => JSON.parse(part));
};

/** The hub of an agent for one credential: each request gives its answer. */
export class HubHttp {
  constructor(agent, token) {
    this.agent = agent;
    this.token = token;
  }

  request(method, query = '', { path = HUB, ...options } = {}) {
    return this.agent.api(method, `${path}${query}`, { key: this.token, ...options });
  }
  negotiate(query = '?negotiateVersion=1', options) { return this.request('POST', `/negotiate${query}`, options); }
  /** The id of a new connection, as the query of its requests. */
  async id(query) {
    const { status, body, text } = await this.negotiate(query);
    assert.equal(status, 200, text);
    return `?id=${body.connectionToken}`;
  }
  get(id, options) { return this.request('GET', id, options); }
  post(id, body, options) { return this.request('POST', id, { body, ...options }); }
  delete(id, options) { return this.request('DELETE', id, options); }

  /** A long-polling connection after its first poll, its handshake and `connected`: its id. */
  async polling() {
    const id = await this.id();
    const first = await this.get(id);
    assert.deepEqual([first.status, first.text], [200, '']);
    assert.equal((await this.post(id, HANDSHAKE)).status, 200);
    for (let seen = []; seen.length < 2;) {
      const { status, text } = await this.get(id);
      assert.equal(status, 200);
      seen = [...seen, ...messagesOf(text)];
      if (seen.length > 1) assert.deepEqual([seen[0], seen[1].target], [{}, 'connected']);
    }
    return id;
  }

  /** The next hub messages of polls. */
  async polled(id) {
    for (;;) {
      const { status, text } = await this.get(id);
      assert.equal(status, 200, text);
      if (text) return messagesOf(text);
    }
  }

  /** An event stream as the bytes that it is. */
  stream(t, id, options) { return RawStream.open(t, this, id, options); }

  /** An event stream after its handshake and `connected`: {id, stream}. */
  async streaming(t) {
    const id = await this.id();
    const stream = await this.stream(t, id);
    assert.equal(stream.status, 200, stream.body);
    assert.equal((await this.post(id, HANDSHAKE)).status, 200);
    assert.deepEqual(await stream.message(), {});
    assert.equal((await stream.message()).target, 'connected');
    return { id, stream };
  }
}

/** One GET of an event stream, byte by byte. */
class RawStream {
  #socket;
  #wake = () => {};

  static async open(t, hub, id, { headers = {} } = {}) {
    const { hostname, port, host } = new URL(hub.agent.url);
    const stream = new RawStream();
    const socket = connect({ host: hostname, port });
    t.after(() => socket.destroy());
    stream.#socket = socket;
    stream.bytes = '';
    stream.ended = false;
    const all = { Host: host, Accept: 'text/event-stream', Authorization: `Bearer ${hub.token}`, ...headers };
    socket.write(`GET ${HUB}${id} HTTP/1.1\r\n${Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
    socket.setEncoding('utf8').on('data', (piece) => { stream.bytes += piece; stream.#wake(); });
    socket.on('close', () => { stream.ended = true; stream.#wake(); }).on('error', () => {});
    const head = await stream.#upTo('\r\n\r\n');
    const [first, ...rest] = head.split('\r\n');
    stream.status = Number(first.split(' ')[1]);
    stream.headers = new Headers(rest.filter(Boolean).map((line) => line.split(/: ?(.*)/s).slice(0, 2)));
    return stream;
  }

  /** The bytes up to `mark`, with it; the rest stays. */
  async #upTo(mark, ms = 15_000) {
    const seen = async () => {
      while (!this.bytes.includes(mark)) {
        if (this.ended) throw new Error(`the stream ended: ${this.bytes}`);
        await new Promise((resolve) => { this.#wake = resolve; });
      }
    };
    await within(`${JSON.stringify(mark)} of the event stream`, seen(), ms);
    const end = this.bytes.indexOf(mark) + mark.length;
    const taken = this.bytes.slice(0, end);
    this.bytes = this.bytes.slice(end);
    return taken;
  }

  /** The comment that opens it. */
  comment() { return this.#upTo('\r\n'); }
  /** The next block, without the comment. */
  async block() { return (await this.#upTo('\r\n\r\n')).replace(/^:\r\n/, ''); }
  /** The next hub message: a block is one. */
  async message() {
    const block = await this.block();
    assert.match(block, /^data: [^\r\n]*\u001e\r\n\r\n$/);
    return JSON.parse(block.slice(6, -5));
  }
  async end() {
    while (!this.ended) await within('the end of the stream', new Promise((resolve) => { this.#wake = resolve; }));
  }
  close() { this.#socket.destroy(); }
}
