// A small SignalR server that is not ours: WebSockets (by `ws`) and server-sent events, JSON and MessagePack. It
// follows the protocol's text, and says what it was sent.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

import WebSocket from 'ws';

import { decode, encode } from './messagepack.mjs';

const RS = '\x1e';
const NAMES = {
  1: ['headers', 'invocationId', 'target', 'arguments', 'streamIds'], 2: ['headers', 'invocationId', 'item'],
  4: ['headers', 'invocationId', 'target', 'arguments', 'streamIds'], 5: ['headers', 'invocationId'],
  6: [], 7: ['error', 'allowReconnect'], 8: ['sequenceId'], 9: ['sequenceId'],
};

function toMessagePack(message) {
  let fields;
  if (message.type === 3) {
    const kind = 'error' in message ? 1 : 'result' in message ? 3 : 2;
    fields = [{}, message.invocationId, kind, ...(kind === 2 ? [] : [kind === 1 ? message.error : message.result])];
  } else {
    fields = NAMES[message.type].map((name) => (name === 'headers' ? {} : message[name] ?? null));
    if (message.type === 1) fields[4] = message.streamIds ?? [];
    if (message.type === 7) fields[1] = message.allowReconnect ?? false;
  }
  const body = encode([message.type, ...fields]);
  const length = [];
  let left = body.length;
  do {
    length.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    left >>= 7;
  } while (left > 0);
  return Buffer.concat([Buffer.from(length), body]);
}

function fromMessagePack([type, ...fields]) {
  if (type === 3) {
    const [, invocationId, kind, value] = fields;
    return { type, invocationId, ...(kind === 1 ? { error: value } : kind === 3 ? { result: value } : {}) };
  }
  return { type, ...Object.fromEntries((NAMES[type] ?? []).map((name, i) => [name, fields[i]])) };
}

/** One connection to the server: its messages both ways. */
class Connection {
  #input = Buffer.alloc(0);
  #codec = null;
  #waiting = new Map();
  #uploads = new Map();

  constructor(server, send, end) {
    this.server = server;
    this.sendBytes = send;
    this.end = end;
    this.handshake = null;
    this.cancelled = new Set();
    /** Everything that the client sent, as objects. */
    this.messages = [];
  }

  send(message) {
    this.sendBytes(this.#codec === 'messagepack' ? toMessagePack(message) : JSON.stringify(message) + RS);
  }

  /** Calls a method of the client that answers, and returns its Completion. */
  ask(target, ...args) {
    const invocationId = `s${this.#waiting.size + 1}`;
    const answered = new Promise((resolve) => this.#waiting.set(invocationId, resolve));
    this.send({ type: 1, invocationId, target, arguments: args });
    return answered;
  }

  take(bytes) {
    this.#input = Buffer.concat([this.#input, Buffer.from(bytes)]);
    for (let message = this.#next(); message; message = this.#next()) {
      if (this.handshake) {
        this.messages.push(message);
        this.#process(message);
      } else {
        this.handshake = message;
        this.#codec = message.protocol;
        this.sendBytes(`{}${RS}`);
        this.server.options.connected?.(this);
      }
    }
  }

  #next() {
    if (this.#codec === 'messagepack') return this.#nextBinary();
    const end = this.#input.indexOf(RS);
    if (end < 0) return null;
    const text = this.#input.subarray(0, end).toString();
    this.#input = this.#input.subarray(end + 1);
    return JSON.parse(text);
  }

  #nextBinary() {
    let length = 0;
    let at = 0;
    for (; at < this.#input.length; at += 1) {
      length |= (this.#input[at] & 0x7f) << (7 * at);
      if (this.#input[at] < 0x80) break;
    }
    const start = at + 1;
    if (at === this.#input.length || this.#input.length < start + length) return null;
    const value = decode(this.#input.subarray(start, start + length));
    this.#input = this.#input.subarray(start + length);
    return fromMessagePack(value);
  }

  async #process(message) {
    const { type, invocationId } = message;
    if (type === 5) this.cancelled.add(invocationId);
    if (type === 2) this.#uploads.get(invocationId)?.items.push(message.item);
    if (type === 3) {
      this.#waiting.get(invocationId)?.(message);
      this.#uploads.get(invocationId)?.ended();
    }
    if (type === 1 || type === 4) {
      const upload = message.streamIds?.length ? this.#upload(message.streamIds[0]) : null;
      try {
        const result = await this.server.methods[message.target](this, message, upload);
        if (invocationId) this.send({ type: 3, invocationId, ...(result === undefined ? {} : { result }) });
      } catch (error) {
        this.send({ type: 3, invocationId, error: error.message });
      }
    }
  }

  #upload(id) {
    const items = [];
    return new Promise((resolve) => this.#uploads.set(id, { items, ended: () => resolve(items) }));
  }
}

/** A server at `url` that ends with the test. options: `transports`, `redirects`, `error`, `connected`. */
export class SignalRServer {
  static async start(t, options = {}) {
    const server = new SignalRServer(options);
    server.http.listen(0, '127.0.0.1');
    await once(server.http, 'listening');
    server.url = `http://127.0.0.1:${server.http.address().port}/chat`;
    t.after(() => {
      server.sockets.close();
      server.http.close();
      server.http.closeAllConnections();
    });
    return server;
  }

  constructor(options) {
    this.options = options;
    this.connections = [];
    this.requests = [];
    this.byId = new Map();
    this.sockets = new WebSocket.Server({ noServer: true });
    this.http = createServer((request, response) => this.#request(request, response));
    this.http.on('upgrade', (request, socket, first) => this.#upgrade(request, socket, first));
    this.methods = {
      Echo: (_, { arguments: [value] }) => value,
      Void: () => undefined,
      Fail: () => { throw new Error("An unexpected error occurred invoking 'Fail' on the server."); },
      Sum: async (_, __, upload) => (await upload).reduce((sum, item) => sum + item, 0),
      Count: (connection, { invocationId, arguments: [n] }) => {
        for (let item = 1; item <= n; item += 1) connection.send({ type: 2, invocationId, item });
      },
      Forever: async (connection, { invocationId }) => {
        for (let item = 1; !connection.cancelled.has(invocationId); item += 1) {
          connection.send({ type: 2, invocationId, item });
          await new Promise((resolve) => setImmediate(resolve));
        }
      },
    };
  }

  #request(request, response) {
    const { pathname, searchParams } = new URL(request.url, this.url);
    this.requests.push({ method: request.method, url: request.url, headers: request.headers });
    const json = (value) => response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
    if (pathname.endsWith('/negotiate')) return json(this.#negotiate());
    if (request.method === 'GET' && request.headers.accept === 'text/event-stream') return this.#stream(searchParams, response);
    const connection = this.byId.get(searchParams.get('id'));
    if (request.method !== 'POST' || !connection) return response.writeHead(404).end();
    const parts = [];
    request.on('data', (part) => parts.push(part)).on('end', () => {
      response.end();
      connection.take(Buffer.concat(parts));
    });
    return undefined;
  }

  #negotiate() {
    if (this.options.error) return { error: this.options.error };
    if (this.options.redirects?.length) return this.options.redirects.shift();
    const connectionToken = randomBytes(16).toString('base64url');
    this.byId.set(connectionToken, null);
    return {
      negotiateVersion: 1, connectionId: 'public', connectionToken,
      availableTransports: this.options.transports ?? [
        { transport: 'WebSockets', transferFormats: ['Text', 'Binary'] },
        { transport: 'ServerSentEvents', transferFormats: ['Text'] },
        { transport: 'LongPolling', transferFormats: ['Text', 'Binary'] }],
    };
  }

  #connect(send, end) {
    const connection = new Connection(this, send, end);
    this.connections.push(connection);
    return connection;
  }

  #stream(parameters, response) {
    const id = parameters.get('id');
    if (!this.byId.has(id)) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(':\r\n');
    // In two lines and two writes, as any server may.
    const send = (text) => {
      response.write(`data: ${text.slice(0, 3)}`);
      response.write(`${text.slice(3)}\r\n\r\n`);
    };
    this.byId.set(id, this.#connect(send, () => response.destroy()));
    return undefined;
  }

  #upgrade(request, socket, first) {
    this.requests.push({ method: 'UPGRADE', url: request.url, headers: request.headers });
    this.sockets.handleUpgrade(request, socket, first, (webSocket) => {
      const connection = this.#connect((bytes) => webSocket.send(bytes), () => webSocket.terminate());
      webSocket.on('message', (bytes) => connection.take(bytes));
    });
  }
}
