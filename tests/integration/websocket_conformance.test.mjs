// RFC 6455 on the hub's socket, by hand-made frames: the case groups of the Autobahn list, with a call of
// `Groups` in the place of its echo. Compression is in websocket_compression.test.mjs.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';

import { Agent } from './support/agent.mjs';
import { HANDSHAKE, RawHub, filled, groups } from './support/raw_hub.mjs';
import { BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, closing, frame, upgrade } from './support/websocket.mjs';

const FRAME_LIMIT = 1 << 20;  // of any frame and message, at the least
const HUB_LIMIT = 32 << 10;
const agent = await Agent.start({ after }, { config: 'hub: {max_message_bytes: 32KiB}\n' });
await agent.tenant('blue');
const token = await agent.token('blue', 'alice');

const open = (t) => RawHub.open(t, agent, token);
const bytes = (...values) => Buffer.from(values);
/** What was sent to a new connection ends it with this close code. */
async function fails(t, code, ...sent) {
  const hub = await open(t);
  for (const each of sent) await hub.send(each);
  const end = await hub.ending();
  assert.equal(end.code, code);
  return end;
}
/** What was sent to a new connection holds the whole call `id`. */
async function works(t, id, ...sent) {
  const hub = await open(t);
  for (const each of sent) await hub.send(each);
  await hub.answered(id);
  return hub;
}
/** The call as frames that are cut at these places. */
function fragments(text, cuts, opcode = TEXT) {
  const whole = Buffer.from(text);
  const ends = [...cuts, whole.length];
  return ends.map((end, n) => frame(n === 0 ? opcode : CONTINUATION, whole.subarray(ends[n - 1] ?? 0, end), { fin: n === ends.length - 1 }));
}

describe('framing', () => {
  for (const size of [125, 126, 127, 128, 65535, 65536, FRAME_LIMIT]) {
    for (const [kind, opcode] of [['text', TEXT], ['binary', BINARY]]) {
      test(`a ${kind} frame of ${size} bytes arrives whole`, (t) => works(t, 'whole', frame(opcode, filled('whole', size))));
    }
  }
  test('an empty message is nothing', (t) => works(t, 'next', frame(TEXT), frame(BINARY), frame(TEXT, groups('next'))));
  test('a message may come one byte at a time', async (t) => {
    const hub = await open(t);
    await hub.send(frame(TEXT, groups('slow', 300)), { chop: 1 });
    await hub.answered('slow');
  });
  test('a large message may come in pieces of any size', async (t) => {
    const hub = await open(t);
    for (const chop of [997, 1024, 4093]) {
      await hub.send(frame(TEXT, filled(`by ${chop}`, 65536)), { chop });
      await hub.answered(`by ${chop}`);
    }
  });
  test('many frames may come in one segment', (t) => works(t, 'n99', Buffer.concat(Array.from({ length: 100 }, (_, n) => frame(TEXT, groups(`n${n}`))))));
  test('one hub message may be spread over several messages', (t) => works(t, 'spread',
    ...[0, 5, 17].map((from, n, all) => frame(n === 1 ? BINARY : TEXT, groups('spread').slice(from, all[n + 1])))));
  for (const [size, form] of [[0, 2], [100, 2], [125, 8], [126, 8], [65535, 8]]) {
    test(`the length ${size} in ${form} bytes is not its shortest form`, (t) => fails(t, 1002, frame(TEXT, 'x'.repeat(size), { form })));
  }
  test('a length with its top bit set is none', (t) => fails(t, 1002, frame(TEXT, '', { announced: 1n << 63n, form: 8 })));
  test('the server answers in the shortest form', async (t) => {
    const hub = await open(t);
    for (const size of [10, 1000]) {
      await hub.frame(TEXT, groups('x'.repeat(size)));
      await hub.answered('x'.repeat(size));
      const { form, payload, fin } = hub.frames.at(-1);
      assert.deepEqual([fin, form], [true, payload.length < 126 ? 0 : 2]);
    }
  });
});

describe('pings', () => {
  for (const size of [0, 1, 124, 125]) {
    test(`a ping of ${size} bytes comes back as a pong`, async (t) => {
      const hub = await open(t);
      const payload = Buffer.alloc(size, 0xfe);
      await hub.frame(PING, payload);
      const pong = await hub.socket.next();
      assert.deepEqual([pong.opcode, pong.fin, pong.rsv, pong.payload], [PONG, true, 0, payload]);
    });
  }
  test('a ping of 126 bytes is refused', (t) => fails(t, 1002, frame(PING, 'x'.repeat(126))));
  test('ten pings come back in their order, chopped too', async (t) => {
    const hub = await open(t);
    const pings = Buffer.concat(Array.from({ length: 10 }, (_, n) => frame(PING, `ping ${n}`)));
    for (const options of [{}, { chop: 1 }]) {
      await hub.send(pings, options);
      for (let n = 0; n < 10; ++n) assert.equal((await hub.socket.next()).payload.toString(), `ping ${n}`);
    }
  });
  test('pongs that nobody asked for change nothing', (t) => works(t, 'on', frame(PONG), frame(PONG, 'unsolicited'), frame(TEXT, groups('on'))));
  test('a ping between fragments is answered before the message', async (t) => {
    const hub = await open(t);
    const [first, second, third] = fragments(groups('cut'), [10, 20]);
    await hub.send(Buffer.concat([first, frame(PING, 'a'), second]));
    assert.equal((await hub.socket.next()).payload.toString(), 'a');
    await hub.send(Buffer.concat([frame(PONG, 'b'), frame(PING, 'c'), third]));
    assert.equal((await hub.socket.next()).payload.toString(), 'c');
    await hub.answered('cut');
  });
});

describe('reserved bits and opcodes', () => {
  for (let rsv = 1; rsv < 8; ++rsv) {
    test(`reserved bits ${rsv} are refused on every kind of frame`, async (t) => {
      for (const opcode of [TEXT, BINARY, PING, PONG]) await fails(t, 1002, frame(opcode, 'x', { rsv }));
      await fails(t, 1002, frame(CLOSE, closing(1000), { rsv }));
    });
  }
  for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) {
    test(`the reserved opcode ${opcode} is refused, empty or not, whole or chopped`, async (t) => {
      await fails(t, 1002, frame(opcode));
      await fails(t, 1002, frame(opcode, 'payload'));
      const hub = await open(t);
      await hub.alive();
      await hub.send(frame(opcode, 'payload'), { chop: 1 });
      assert.equal((await hub.ending()).code, 1002);
    });
  }
});

describe('fragmentation', () => {
  test('a message may be cut anywhere', async (t) => {
    const hub = await open(t);
    for (let cut = 0; cut <= groups('cut').length; ++cut) {
      await hub.send(Buffer.concat(fragments(groups('cut'), [cut])));
      await hub.answered('cut');
    }
  });
  test('a message may come as a fragment for each byte, binary as well', async (t) => {
    const cuts = Array.from({ length: groups('bytes').length - 1 }, (_, n) => n + 1);
    await works(t, 'bytes', ...fragments(groups('bytes'), cuts));
    await works(t, 'bytes', Buffer.concat(fragments(groups('bytes'), cuts, BINARY)));
  });
  test('empty fragments are allowed', (t) => works(t, 'e', ...fragments(groups('e'), [0, 0, 9, 9])));
  for (const fin of [true, false]) {
    test(`a continuation of nothing is refused, ${fin ? 'final' : 'or one that goes on'}`, async (t) => {
      await fails(t, 1002, frame(CONTINUATION, 'x', { fin }));
      const hub = await works(t, 'ok', ...fragments(groups('ok'), [5]));
      await hub.frame(CONTINUATION, 'x', { fin });
      assert.equal((await hub.ending()).code, 1002);
    });
  }
  for (const opcode of [TEXT, BINARY]) {
    test(`a new message inside a fragmented one is refused, opcode ${opcode}`, async (t) => {
      await fails(t, 1002, frame(TEXT, 'a', { fin: false }), frame(opcode, 'b'));
      await fails(t, 1002, frame(TEXT, 'a', { fin: false }), frame(PING), frame(opcode, 'b', { fin: false }));
    });
  }
  for (const opcode of [PING, PONG, CLOSE]) {
    test(`a control frame may not be fragmented, opcode ${opcode}`, (t) => fails(t, 1002, frame(opcode, '', { fin: false })));
  }
});

describe('UTF-8', () => {
  const WORDS = 'κόσμε ߿ ࠀ \uFFFF 𐀀 \u{10FFFF} \uD7FF \uE000 日本語 🚀';
  const BAD = [
    ['a byte that is never one', [0xff]], ['a continuation of nothing', [0x80]], ['a slash in two bytes', [0xc0, 0xaf]],
    ['a slash in three bytes', [0xe0, 0x80, 0xaf]], ['a surrogate', [0xed, 0xa0, 0x80]], ['above U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['five bytes', [0xf8, 0x88, 0x80, 0x80, 0x80]], ['a start without its end', [0xe2, 0x82, 0x41]],
  ];
  test('valid text arrives as it was, whole, chopped and cut inside each character', async (t) => {
    const hub = await open(t);
    const whole = Buffer.from(groups(WORDS));
    await hub.send(frame(TEXT, whole), { chop: 1 });
    await hub.answered(WORDS);
    for (let cut = 1; cut < whole.length; ++cut) {
      await hub.send(Buffer.concat(fragments(whole, [cut])));
      await hub.answered(WORDS);
    }
  });
  for (const [what, values] of BAD) {
    const bad = Buffer.concat([Buffer.from('{"id":"κό'), bytes(...values), Buffer.from('"}')]);
    test(`${what} is refused, however it is cut`, async (t) => {
      await fails(t, 1007, frame(TEXT, bad));
      const cuts = Array.from({ length: values.length + 1 }, (_, n) => 11 + n);
      for (const cut of cuts) await fails(t, 1007, Buffer.concat(fragments(bad, [cut])));
      await fails(t, 1007, Buffer.concat(fragments(bad, Array.from({ length: bad.length - 1 }, (_, n) => n + 1))));
    });
  }
  test('a wrong byte is refused before its frame, and before its message, is complete', async (t) => {
    await fails(t, 1007, frame(TEXT, bytes(0x41, 0xf4, 0x90), { announced: 1000 }));
    await fails(t, 1007, frame(TEXT, 'fine', { fin: false }), frame(CONTINUATION, bytes(0xed, 0xa0), { fin: false }));
  });
  test('a message that ends inside a character is refused', async (t) => {
    await fails(t, 1007, frame(TEXT, bytes(0x41, 0xe2, 0x82)));
    await fails(t, 1007, frame(TEXT, bytes(0xe2), { fin: false }), frame(CONTINUATION, bytes(0x82)));
  });
});

describe('closing', () => {
  test('an empty close frame is answered, and the connection ends', async (t) => {
    const hub = await open(t);
    await hub.socket.close(Buffer.alloc(0));
    assert.ok([1000, 1005].includes((await hub.ending()).code));
  });
  for (const code of [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]) {
    test(`the code ${code} comes back`, (t) => fails(t, code, frame(CLOSE, closing(code, 'bye'))));
  }
  for (const code of [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535]) {
    test(`the code ${code} may not be sent`, (t) => fails(t, 1002, frame(CLOSE, closing(code))));
  }
  test('half a code is refused', (t) => fails(t, 1002, frame(CLOSE, bytes(3))));
  test('a reason may have 123 bytes and no more', async (t) => {
    await fails(t, 1000, frame(CLOSE, closing(1000, 'x'.repeat(123))));
    await fails(t, 1002, frame(CLOSE, closing(1000, 'x'.repeat(124))));
  });
  test('a reason that is not UTF-8 is refused', (t) => fails(t, 1007, frame(CLOSE, Buffer.concat([closing(1000, 'κ'), bytes(0xed, 0xa0, 0x80)]))));
  test('nothing after a close frame is read', async (t) => {
    const { before } = await fails(t, 1000, Buffer.concat([frame(CLOSE, closing(1000)), frame(PING, 'late'), frame(TEXT, groups('late')), bytes(0xff, 0xff)]));
    assert.deepEqual(before, []);
  });
  test('a close frame may come inside a message', (t) => fails(t, 1001, frame(TEXT, 'half', { fin: false }), frame(CLOSE, closing(1001))));
  test('a call that came with the close frame is done all the same', async (t) => {
    const { before } = await fails(t, 1000, Buffer.concat([frame(TEXT, groups('last')), frame(CLOSE, closing(1000))]));
    assert.match(before.map(({ payload }) => payload.toString()).join(''), /"invocationId":"last"/);
  });
  test('a refusal reaches a client that is still sending', async (t) => {
    const much = Array.from({ length: 20 }, () => frame(BINARY, 'x'.repeat(10_000)));
    for (let n = 0; n < 5; ++n) await fails(t, 1002, frame(3, 'x'), ...much);
  });
  test('a refused connection is ended soon, whether the client reads or goes on sending', async (t) => {
    const hub = await open(t);
    await hub.frame(3, 'x');
    const began = Date.now();
    while ((await hub.socket.next()) !== null) await hub.frame(BINARY, 'more');
    assert.ok(Date.now() - began < 9000);
  });
  test('the server ends a TCP connection that is half closed', async (t) => {
    const hub = await open(t);
    hub.socket.halfClose();
    assert.equal((await hub.ending()).code, undefined);
  });
});

describe('limits and masking', () => {
  test('a frame that announces 64 MiB is refused by its header', (t) => fails(t, 1009, frame(TEXT, '', { announced: 64 << 20 })));
  test('a frame that announces the most there is, too', (t) => fails(t, 1009, frame(BINARY, '', { announced: (1n << 63n) - 1n, form: 8 })));
  test('a message over the limit is refused, whole or in fragments', async (t) => {
    await fails(t, 1009, frame(TEXT, filled('big', FRAME_LIMIT + 1)));
    await fails(t, 1009, ...fragments(filled('big', FRAME_LIMIT + 1), [FRAME_LIMIT / 2]));
    await works(t, 'fits', ...fragments(filled('fits', FRAME_LIMIT), [FRAME_LIMIT / 2]));
  });
  test('a hub message just under the limit is taken, and one over it closes', async (t) => {
    const hub = await works(t, 'fits', frame(TEXT, groups('fits', HUB_LIMIT)));
    await hub.frame(TEXT, groups('big', HUB_LIMIT + 2));
    const { code, before } = await hub.ending();
    assert.equal(code, 1011);
    assert.match(before.at(-1).payload.toString(), /"type":7,"error":"Connection closed with an error\."/);
  });
  for (const opcode of [TEXT, BINARY, PING, CLOSE]) {
    test(`a client's frame without a mask is refused, opcode ${opcode}`, (t) => fails(t, 1002, frame(opcode, '', { masked: false })));
  }
});

describe('the upgrade', () => {
  const asks = (t, options) => upgrade(t, agent, { token, ...options });
  for (const [what, status, options] of [
    ['another version', 426, { headers: { 'Sec-WebSocket-Version': '8' } }],
    ['no version', 426, { headers: { 'Sec-WebSocket-Version': null } }],
    ['no key', 400, { headers: { 'Sec-WebSocket-Key': null } }],
    ['a key of another length', 400, { headers: { 'Sec-WebSocket-Key': 'c2hvcnQ=' } }],
    ['a key that is not base64', 400, { headers: { 'Sec-WebSocket-Key': '!!!!!!!!!!!!!!!!!!!!!!==' } }],
    ['no Connection: Upgrade', 400, { headers: { Connection: 'keep-alive' } }],
    ['another Upgrade, which makes it a poll without an id,', 400, { headers: { Upgrade: 'h2c' } }],
    ['the method PUT', 405, { method: 'PUT' }],
    ['HTTP/1.0', 400, { version: 'HTTP/1.0' }],
    ['an unknown id', 404, { path: '/hubs/notifications?id=nobody' }],
    ['no credential', 401, { token: undefined }],
  ]) {
    test(`with ${what} is ${status}`, async (t) => {
      const { status: seen, headers } = await asks(t, options);
      assert.equal(seen, status);
      if (status === 426) assert.equal(headers.get('sec-websocket-version'), '13');
    });
  }
  test('takes header values in any case and in lists', async (t) => {
    const { status, headers } = await asks(t, { headers: { Upgrade: 'WebSocket', Connection: 'keep-alive, UPGRADE' } });
    assert.deepEqual([status, headers.get('upgrade'), headers.get('connection')], [101, 'websocket', 'Upgrade']);
  });
  test('agrees to no sub-protocol and to no extension that it does not know', async (t) => {
    const { status, headers } = await asks(t, { headers: { 'Sec-WebSocket-Protocol': 'chat', 'Sec-WebSocket-Extensions': 'x-unknown; a=1, x-other' } });
    assert.deepEqual([status, headers.get('sec-websocket-protocol'), headers.get('sec-websocket-extensions')], [101, null, null]);
  });
  test('may have the first frames in its segment', async (t) => {
    const { socket } = await asks(t, { early: Buffer.concat([frame(PING, 'early'), frame(TEXT, HANDSHAKE)]) });
    assert.equal((await socket.next()).payload.toString(), 'early');
    assert.equal((await socket.next()).payload.toString(), '{}\x1e');
  });
});
