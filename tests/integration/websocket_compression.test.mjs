// permessage-deflate (RFC 7692) on the hub's socket, by hand-made frames. That an agent without it in its
// configuration refuses compressed frames is in websocket_conformance.test.mjs.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, describe, test } from 'node:test';
import { constants, createDeflateRaw, deflateRawSync } from 'node:zlib';

import { Agent } from './support/agent.mjs';
import { RawHub, filled, groups, textOf } from './support/raw_hub.mjs';
import { BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, closing, frame, upgrade } from './support/websocket.mjs';

const MESSAGE_LIMIT = 1 << 20;  // inflated
const OFFER = 'permessage-deflate; client_max_window_bits';
const agent = await Agent.start({ after }, { config: 'hub: {max_message_bytes: 32KiB, compression: true}\n' });
const blue = await agent.tenant('blue');
const token = await agent.token('blue', 'alice');

/** The answer to these offers: the header, null where none was accepted. */
async function answer(t, offers) {
  const { status, headers } = await upgrade(t, agent, { token, headers: { 'Sec-WebSocket-Extensions': offers } });
  assert.equal(status, 101);
  return headers.get('sec-websocket-extensions');
}
const parameters = (header) => new Map(header.split(/ *; */).slice(1).map((each) => each.split('=')));

const open = (t, offer = OFFER) => RawHub.open(t, agent, token, { headers: { 'Sec-WebSocket-Extensions': offer } });
const flushed = { finishFlush: constants.Z_SYNC_FLUSH };
/** A message's payload, compressed alone. */
const deflate = (text, options = {}) => deflateRawSync(text, { ...flushed, ...options }).subarray(0, -4);
const compressed = (payload, opcode = TEXT) => frame(opcode, payload, { rsv: 4 });
/** The payload in frames that are cut at these places. */
function fragments(payload, cuts) {
  const ends = [...cuts, payload.length];
  return ends.map((end, n) => frame(n === 0 ? TEXT : CONTINUATION, payload.subarray(ends[n - 1] ?? 0, end), { fin: n === ends.length - 1, rsv: n === 0 ? 4 : 0 }));
}
async function fails(t, code, ...sent) {
  const hub = await open(t);
  await hub.send(Buffer.concat(sent));
  assert.equal((await hub.ending()).code, code);
}

describe('the offer', () => {
  test('is answered with messages that stand alone, in both directions', async (t) => {
    const agreed = await answer(t, OFFER);
    assert.match(agreed, /^permessage-deflate/);
    const terms = parameters(agreed);
    assert.ok(terms.has('server_no_context_takeover') && terms.has('client_no_context_takeover'), agreed);
  });
  test('may come in a second header, or after one that cannot be kept', async (t) => {
    assert.ok(await answer(t, ['x-other', 'permessage-deflate']));
    assert.ok(await answer(t, 'permessage-deflate; made_up=1, permessage-deflate'));
  });
  test('that leaves the client\'s window open has no bound on it in its answer', async (t) => {
    assert.ok(!parameters(await answer(t, 'permessage-deflate')).has('client_max_window_bits'));
  });
  for (let bits = 8; bits <= 15; ++bits) {
    test(`of ${bits} bits for our window is declined, or answered with no more`, async (t) => {
      const header = await answer(t, `permessage-deflate; server_max_window_bits=${bits}`);
      if (header === null) return assert.ok(bits < 15);
      const ours = Number(parameters(header).get('server_max_window_bits'));
      assert.ok(ours >= 8 && ours <= bits, header);
    });
  }
  for (const bad of ['made_up', 'server_no_context_takeover=1', 'server_max_window_bits', 'server_max_window_bits=7', 'server_max_window_bits=16',
    'server_max_window_bits=012', 'client_max_window_bits=x', 'client_max_window_bits; client_max_window_bits', 'server_no_context_takeover; server_no_context_takeover']) {
    test(`with ${bad} is declined`, async (t) => assert.equal(await answer(t, `permessage-deflate; ${bad}`), null));
  }
  test('that breaks the grammar fails the upgrade', async (t) => {
    const { status } = await upgrade(t, agent, { token, headers: { 'Sec-WebSocket-Extensions': 'permessage-deflate; =' } });
    assert.equal(status, 400);
  });
});

describe('a compressed message', () => {
  test('arrives, and plain ones beside it', async (t) => {
    const hub = await open(t);
    for (const id of ['a', 'b', 'κόσμε', 'x'.repeat(3000)]) {
      await hub.send(compressed(deflate(groups(id))));
      await hub.answered(id);
      await hub.alive();
    }
    await hub.send(compressed(deflate(groups('binary')), BINARY));
    await hub.answered('binary');
  });
  test('arrives whatever the level and the window of who sent it', async (t) => {
    const hub = await open(t);
    for (const level of [0, 1, 6, 9]) {
      for (const windowBits of [9, 12, 15]) {
        await hub.send(compressed(deflate(filled(`${level}/${windowBits}`, 40_000), { level, windowBits })));
        await hub.answered(`${level}/${windowBits}`);
      }
    }
  });
  test('comes back compressed where that pays, and stands alone', async (t) => {
    const hub = await open(t);
    for (let n = 0; n < 3; ++n) {
      await hub.send(compressed(deflate(groups('y'.repeat(3000)))));
      await hub.answered('y'.repeat(3000));
      const { rsv, payload } = hub.frames.at(-1);
      assert.ok(rsv === 4 && payload.length < 1000, `${rsv} ${payload.length}`);
    }
  });
  test('may be cut into frames anywhere, with pings between them', async (t) => {
    const hub = await open(t);
    const payload = deflate(groups('cut'));
    for (let cut = 0; cut <= payload.length; ++cut) {
      const [first, second] = fragments(payload, [cut]);
      await hub.send(Buffer.concat([first, frame(PING, 'p'), second]));
      await hub.answered('cut');
    }
    assert.ok(hub.frames.some(({ opcode, rsv }) => opcode === PONG && rsv === 0));
    await hub.send(Buffer.concat(fragments(payload, Array.from({ length: payload.length - 1 }, (_, n) => n + 1))), { chop: 1 });
    await hub.answered('cut');
  });
  test('may be empty, of several blocks, or end with a final one', async (t) => {
    const hub = await open(t);
    const tail = Buffer.from([0, 0, 0xff, 0xff]);
    await hub.send(compressed(Buffer.from([0])));
    await hub.send(compressed(Buffer.concat([deflate(groups('blocks').slice(0, 9)), tail, deflate(groups('blocks').slice(9))])));
    await hub.answered('blocks');
    await hub.send(compressed(Buffer.concat([deflateRawSync(groups('final')), Buffer.from([0])])));
    await hub.answered('final');
  });
  test('may have as many bytes as a plain one, inflated, and no more', async (t) => {
    const hub = await open(t);
    await hub.send(compressed(deflate(filled('fits', MESSAGE_LIMIT))));
    await hub.answered('fits');
    await hub.send(compressed(deflate(filled('big', MESSAGE_LIMIT + 1))));
    assert.equal((await hub.ending()).code, 1009);
  });
  test('of an event reaches who agreed to compression, and who did not', async (t) => {
    const both = [await open(t), await RawHub.open(t, agent, token)];
    const data = 'order '.repeat(600);
    await agent.api('POST', '/api/events/publish', { key: blue.key, json: { type: 'rate.updated', data } });
    for (const hub of both) {
      const { arguments: [event] } = await hub.message(({ target }) => target === 'rate.updated');
      assert.equal(event.data, data);
    }
    assert.deepEqual(both.map((hub) => hub.frames.at(-1).rsv), [4, 0]);
    assert.equal(textOf(both[0].frames.at(-1)), textOf(both[1].frames.at(-1)));
  });
});

describe('a compressed message is refused', () => {
  const first = Buffer.from(deflate(groups('never')));
  for (const [what, opcode] of [['a ping', PING], ['a pong', PONG]]) {
    test(`where RSV1 is on ${what}`, (t) => fails(t, 1002, frame(opcode, 'x', { rsv: 4 })));
  }
  test('where RSV1 is on a close frame', (t) => fails(t, 1002, frame(CLOSE, closing(1000), { rsv: 4 })));
  test('where RSV1 is on a continuation', async (t) => {
    await fails(t, 1002, frame(TEXT, first.subarray(0, 5), { fin: false, rsv: 4 }), frame(CONTINUATION, first.subarray(5), { rsv: 4 }));
    await fails(t, 1002, frame(TEXT, 'plain', { fin: false }), frame(CONTINUATION, first, { rsv: 4 }));
  });
  for (const rsv of [5, 6, 7, 1, 2]) test(`where its reserved bits are ${rsv}`, (t) => fails(t, 1002, frame(TEXT, first, { rsv })));
  for (const [what, payload] of [
    ['is not deflated', Buffer.from('not deflated at all')], ['has a reserved kind of block', Buffer.from([7])],
    ['has a length that lies', Buffer.from([0, 5, 0, 0, 0, 65])], ['is cut short', first.subarray(0, -3)],
    ['is text that is not UTF-8', deflate(Buffer.from([0x41, 0xed, 0xa0, 0x80]))], ['ends inside a character', deflate(Buffer.from([0x41, 0xe2, 0x82]))],
  ]) {
    test(`where it ${what}`, (t) => fails(t, 1007, compressed(payload)));
  }
  test('where it refers to the message before', async (t) => {
    const hub = await open(t);
    const keeping = createDeflateRaw();
    const next = (text) => new Promise((resolve) => {
      keeping.write(text, () => keeping.flush(constants.Z_SYNC_FLUSH, () => resolve(keeping.read().subarray(0, -4))));
    });
    await hub.send(compressed(await next(groups('alone'))));
    await hub.answered('alone');
    await hub.send(compressed(await next(groups('alone'))));
    assert.equal((await hub.ending()).code, 1007);
  });
  test('where it is a bomb, in bounded time and memory', async (t) => {
    const resident = async () => Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${agent.pid}/status`, 'utf8'))[1]) / 1024;
    const bomb = compressed(deflate(Buffer.alloc(256 << 20), { level: 9 }), BINARY);
    const before = await resident();
    for (let n = 0; n < 10; ++n) {
      const hub = await open(t);
      const began = performance.now();
      await hub.send(bomb);
      assert.equal((await hub.ending()).code, 1009);
      assert.ok(performance.now() - began < 2000);
    }
    assert.ok((await resident()) - before < 48, `${before} MiB before, ${await resident()} after`);
  });
});
