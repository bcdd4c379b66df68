// The hub over a hand-made WebSocket: a call of `Groups` is the echo that shows a message arrived whole.

import assert from 'node:assert/strict';
import { inflateRawSync } from 'node:zlib';

import { BINARY, RS, TEXT, frame, upgrade } from './websocket.mjs';

export const HANDSHAKE = `{"protocol":"json","version":1}${RS}`;

/** A call of `Groups`; the hub answers with its `id`. Padded with blanks to `bytes` where given. */
export function groups(id, bytes = 0) {
  const text = `{"type":1,"invocationId":${JSON.stringify(id)},"target":"Groups","arguments":[]}`;
  return text + ' '.repeat(Math.max(0, bytes - Buffer.byteLength(text) - 1)) + RS;
}

/** Calls of `Groups` that fill exactly `bytes`, each at most 16 KiB; the last one has the id. */
export function filled(id, bytes) {
  const each = 16 << 10;
  const first = bytes % each || each;
  const parts = [first];
  for (let left = bytes - first; left > 0; left -= each) parts.push(each);
  return parts.map((size, n) => groups(n === parts.length - 1 ? id : `part-${n}`, size)).join('');
}

/** The text of a frame, inflated where it is marked as compressed. */
export function textOf({ rsv, payload }) {
  if ((rsv & 4) === 0) return payload.toString();
  return inflateRawSync(Buffer.concat([payload, Buffer.from([0, 0, 0xff, 0xff])]), { finishFlush: 2 }).toString();
}

/** A hub connection after its handshake and its `connected`. */
export class RawHub {
  #messages = [];

  constructor(socket, headers) {
    this.socket = socket;
    this.headers = headers;
    this.frames = [];
  }

  /** `query` and `handshake` replace those of a connection without a negotiation. */
  static async open(t, agent, token, { headers, query = '', handshake = HANDSHAKE } = {}) {
    const hub = await RawHub.attach(t, agent, token, { headers, query });
    await hub.send(frame(TEXT, handshake));
    assert.deepEqual(await hub.#next(), {});
    const { target } = await hub.message(({ type }) => type === 1);
    assert.equal(target, 'connected');
    return hub;
  }

  /** A WebSocket that nothing was said on. */
  static async attach(t, agent, token, { headers, query = '' } = {}) {
    const { status, socket, headers: answered, body } = await upgrade(t, agent, { token, headers, path: `/hubs/notifications${query}` });
    assert.equal(status, 101, body);
    return new RawHub(socket, answered);
  }

  send(bytes, options) { return this.socket.send(bytes, options); }
  /** Sends hub messages. */
  say(...messages) { return this.frame(TEXT, messages.map((message) => JSON.stringify(message) + RS).join('')); }
  /** Sends one frame. */
  frame(...parts) { return this.send(frame(...parts)); }
  ending(ms) { return this.socket.ending(ms); }

  async #next() {
    while (this.#messages.length === 0) {
      const got = await this.socket.next();
      assert.ok(got, 'the connection ended');
      this.frames.push(got);
      if (got.opcode !== TEXT && got.opcode !== BINARY) continue;
      this.#messages.push(...textOf(got).split(RS).slice(0, -1).map((text) => JSON.parse(text)));
    }
    return this.#messages.shift();
  }

  /** The next `count` hub messages. */
  async messages(count) {
    const all = [];
    while (all.length < count) all.push(await this.#next());
    return all;
  }

  /** The next hub message that fits. */
  async message(fits) {
    for (;;) {
      const message = await this.#next();
      if (fits(message)) return message;
    }
  }

  /** The hub answered the call `id`: its bytes arrived whole, and the connection lives. */
  async answered(id) {
    const message = await this.message(({ type, invocationId }) => type === 3 && invocationId === id);
    assert.deepEqual(message.result.toSorted(), ['tenant::blue', 'user::alice']);
  }

  /** A call that must be answered now, by a plain frame. */
  async alive() {
    await this.frame(TEXT, groups('alive'));
    await this.answered('alive');
  }
}
