// A WebSocket made by hand over node:net: it sends what a test wants, right or wrong, and shows each frame.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';

import { within } from './expect.mjs';

export const [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG] = [0, 1, 2, 8, 9, 10];
export const RS = '\x1e';

/** The smallest form of a length that has at least `bytes` (0, 2 or 8) beside its first byte. */
function lengthBytes(length, masked, bytes) {
  const flag = masked ? 0x80 : 0;
  if (bytes === 0) return Buffer.from([flag | length]);
  const long = Buffer.alloc(1 + bytes);
  long[0] = flag | (bytes === 2 ? 126 : 127);
  if (bytes === 2) long.writeUInt16BE(length, 1); else long.writeBigUInt64BE(BigInt(length), 1);
  return long;
}

/**
 * A client's frame. `rsv` are the three reserved bits as a number (4 is RSV1); `announced` is the length that
 * its header tells, in `form` (0, 2 or 8) more bytes than needed where a test says so.
 */
export function frame(opcode, payload = '', { fin = true, rsv = 0, masked = true, announced, form } = {}) {
  const bytes = Buffer.from(payload);
  const length = announced ?? bytes.length;
  const shortest = length < 126 ? 0 : length < 65536 ? 2 : 8;
  const head = [Buffer.from([(fin ? 0x80 : 0) | (rsv << 4) | opcode]), lengthBytes(length, masked, form ?? shortest)];
  if (!masked) return Buffer.concat([...head, bytes]);
  const key = randomBytes(4);
  return Buffer.concat([...head, key, bytes.map((byte, i) => byte ^ key[i % 4])]);
}

/** A close frame's payload. */
export function closing(code, reason = '') {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return Buffer.concat([payload, Buffer.from(reason)]);
}

/** The server's side of a connection, frame by frame. */
export class RawSocket {
  #socket;
  #buffer;
  #frames = [];
  #wake = () => {};
  #ended = false;
  #closeSent = false;

  constructor(socket, early) {
    this.#socket = socket;
    this.#buffer = early;
    socket.on('data', (piece) => {
      this.#buffer = Buffer.concat([this.#buffer, piece]);
      this.#split();
    });
    // A reset is an end as well: what had come is seen all the same.
    socket.on('close', () => { this.#ended = true; this.#wake(); });
    this.#split();
  }

  #split() {
    for (;;) {
      const buffer = this.#buffer;
      if (buffer.length < 2) break;
      const form = { 126: 2, 127: 8 }[buffer[1] & 0x7f] ?? 0;
      if (buffer.length < 2 + form) break;
      const length = form === 0 ? buffer[1] & 0x7f : form === 2 ? buffer.readUInt16BE(2) : Number(buffer.readBigUInt64BE(2));
      if (buffer.length < 2 + form + length) break;
      this.#frames.push({
        fin: (buffer[0] & 0x80) !== 0, rsv: (buffer[0] >> 4) & 7, opcode: buffer[0] & 15, masked: (buffer[1] & 0x80) !== 0, form,
        payload: buffer.subarray(2 + form, 2 + form + length),
      });
      this.#buffer = buffer.subarray(2 + form + length);
    }
    this.#wake();
  }

  /** Sends bytes, with `chop` in pieces of that many, each a segment of its own. */
  async send(bytes, { chop } = {}) {
    const step = chop ?? Math.max(bytes.length, 1);
    for (let at = 0; at < bytes.length; at += step) {
      if (this.#ended) return;
      this.#socket.write(bytes.subarray(at, at + step));
      if (chop) await new Promise(setImmediate);
    }
  }

  /** Ends our half of the TCP connection. */
  halfClose() { this.#socket.end(); }
  destroy() { this.#socket.destroy(); }

  /** The next frame; null at the end of the connection. */
  async next(ms = 10_000) {
    const seen = async () => {
      while (this.#frames.length === 0 && !this.#ended) await new Promise((resolve) => { this.#wake = resolve; });
      return this.#frames.shift() ?? null;
    };
    const got = await within('a frame, or the end', seen(), ms);
    if (got) assert.ok(!got.masked, 'a server masks nothing');
    return got;
  }

  /**
   * Reads to the end: {code, reason, before}, the close frame's (code 1005 where it was empty, none where there
   * was no close frame) and the frames before it. Answers the close as a client does, unless one was sent.
   */
  async ending(ms) {
    const before = [];
    for (;;) {
      const got = await this.next(ms);
      if (!got) return { before };
      if (got.opcode !== CLOSE) { before.push(got); continue; }
      if (!this.#closeSent) await this.close(got.payload);
      assert.equal(await this.next(ms), null, 'a close frame is the last frame');
      if (got.payload.length === 0) return { code: 1005, reason: '', before };
      return { code: got.payload.readUInt16BE(0), reason: got.payload.subarray(2).toString(), before };
    }
  }

  close(payload = closing(1000)) {
    this.#closeSent = true;
    return this.send(frame(CLOSE, payload));
  }
}

/**
 * Asks for a WebSocket: {status, headers, body, socket}, where `socket` is null unless the status is 101.
 * `headers` replace the ones that belong there; null leaves one out. `early` goes out with the request.
 */
export async function upgrade(t, agent, { token, method = 'GET', path = '/hubs/notifications', version = 'HTTP/1.1', headers = {}, early = '' } = {}) {
  const { hostname, port, host } = new URL(agent.url);
  const key = randomBytes(16).toString('base64');
  const all = {
    Host: host, Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Key': key, 'Sec-WebSocket-Version': '13',
    Authorization: token ? `Bearer ${token}` : null, ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [value].flat().map((each) => `${name}: ${each}`)));
  const socket = connect({ host: hostname, port, noDelay: true });
  t.after(() => socket.destroy());
  socket.on('error', () => {});
  socket.write(Buffer.concat([Buffer.from(`${method} ${path} ${version}\r\n${lines.join('\r\n')}\r\n\r\n`), Buffer.from(early)]));
  let answer = Buffer.alloc(0);
  let end = -1;
  while (end < 0) {
    const [piece] = await within('the answer to the upgrade', Promise.race([once(socket, 'data'), once(socket, 'close')]));
    if (!Buffer.isBuffer(piece)) throw new Error(`the connection ended before its answer: ${answer}`);
    answer = Buffer.concat([answer, piece]);
    end = answer.indexOf('\r\n\r\n');
  }
  const [first, ...rest] = answer.subarray(0, end).toString().split('\r\n');
  const status = Number(first.split(' ')[1]);
  const seen = new Headers(rest.map((line) => line.split(/: ?(.*)/s).slice(0, 2)));
  const body = answer.subarray(end + 4);
  if (status !== 101) return { status, headers: seen, body: body.toString(), socket: null };
  const accept = createHash('sha1').update(`${all['Sec-WebSocket-Key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  assert.equal(seen.get('sec-websocket-accept'), accept);
  return { status, headers: seen, body: '', socket: new RawSocket(socket, body) };
}
