// What a hub connection does with a peer that is broken, hostile or half asleep: each is refused in bounded time,
// with the status or the text that the protocol has for it, and nobody else notices.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { Agent } from './support/agent.mjs';
import { until } from './support/expect.mjs';
import { HANDSHAKE, RawHub, groups, textOf } from './support/raw_hub.mjs';
import { BINARY, CLOSE, RS, TEXT, frame, upgrade } from './support/websocket.mjs';

const HANDSHAKE_TIMEOUT_MS = 1000;
const CLIENT_TIMEOUT_MS = 2000;
const CLOSE_TIMEOUT_MS = 1000;
const TICK_MS = 1000;  // Timeouts are looked at once a second.
const SLACK_MS = 2000;
const HUB_LIMIT = 32 << 10;
const agent = await Agent.start({ after }, {
  config: 'hub: {handshake_timeout: 1s, keep_alive: 1500ms, client_timeout: 2s, close_timeout: 1s, max_message_bytes: 32KiB}\n',
});
await agent.tenant('blue');
const token = await agent.token('blue', 'alice');
const open = (t) => RawHub.open(t, agent, token);
const bare = async (t) => (await upgrade(t, agent, { token })).socket;

/** The promise's value, and that it took from `least` to `most` ms. */
async function timed(least, most, promise) {
  const began = performance.now();
  const value = await promise;
  const took = performance.now() - began;
  assert.ok(took >= least && took <= most + SLACK_MS, `it took ${Math.round(took)} ms, not ${least} to ${most}`);
  return value;
}
/** Reads to the end without ever answering the server's close frame: {texts, code}. */
async function cutOff(socket) {
  const seen = { texts: [] };
  for (let got = await socket.next(); got; got = await socket.next()) {
    if (got.opcode === CLOSE) seen.code = got.payload.readUInt16BE(0); else seen.texts.push(textOf(got));
  }
  return seen;
}
/** The error of a handshake that was refused, with a normal close. */
async function refusal(socket) {
  const { before, code } = await socket.ending();
  assert.deepEqual([before.length, code], [1, 1000]);
  const text = textOf(before[0]);
  assert.ok(text.endsWith(RS));
  return JSON.parse(text.slice(0, -1)).error;
}
/** The hub's Close message, as it is before a close frame with this code. */
async function hubClose(hub, code) {
  const end = await hub.ending();
  assert.equal(end.code, code);
  return JSON.parse(textOf(end.before.at(-1)).slice(0, -1));
}

describe('a handshake', () => {
  const LATE = 'Handshake was canceled.';
  test('that never comes is refused in time, and the socket is cut', async (t) => {
    const socket = await bare(t);
    const { texts, code } = await timed(HANDSHAKE_TIMEOUT_MS - 100, HANDSHAKE_TIMEOUT_MS + CLOSE_TIMEOUT_MS + 2 * TICK_MS, cutOff(socket));
    assert.deepEqual([texts, code], [[`{"error":"${LATE}"}${RS}`], 1000]);
  });
  test('that stops half way is refused in time', async (t) => {
    const socket = await bare(t);
    await socket.send(frame(TEXT, HANDSHAKE.slice(0, 20)));
    assert.equal(await timed(HANDSHAKE_TIMEOUT_MS - 100, HANDSHAKE_TIMEOUT_MS + TICK_MS, refusal(socket)), LATE);
  });
  test('that stops inside a frame is refused in time', async (t) => {
    const socket = await bare(t);
    await socket.send(frame(TEXT, HANDSHAKE).subarray(0, 9));
    assert.equal(await timed(HANDSHAKE_TIMEOUT_MS - 100, HANDSHAKE_TIMEOUT_MS + TICK_MS, refusal(socket)), LATE);
  });
  test('that trickles in is refused in time, however busy it looks', async (t) => {
    const socket = await bare(t);
    const ended = timed(HANDSHAKE_TIMEOUT_MS - 100, HANDSHAKE_TIMEOUT_MS + TICK_MS, refusal(socket));
    let going = true;
    ended.finally(() => { going = false; }).catch(() => {});
    while (going) {
      await socket.send(frame(TEXT, ' '));
      await wait(50);
    }
    assert.equal(await ended, LATE);
  });
  test('may come one byte at a time', async (t) => {
    const socket = await bare(t);
    await socket.send(frame(TEXT, HANDSHAKE), { chop: 1 });
    assert.equal(textOf(await socket.next()), `{}${RS}`);
  });
  test('may come one byte in a frame', async (t) => {
    const socket = await bare(t);
    for (const byte of HANDSHAKE) await socket.send(frame(TEXT, byte));
    assert.equal(textOf(await socket.next()), `{}${RS}`);
  });
  test('that grows without an end is refused before its time', async (t) => {
    const socket = await bare(t);
    await socket.send(frame(TEXT, ' '.repeat(5000)));
    assert.equal(await timed(0, 0, refusal(socket)), LATE);
  });
  for (const [what, text, error] of [
    ['of another protocol', '{"protocol":"xml","version":1}', "The protocol 'xml' is not supported."],
    ['of a version to come', '{"protocol":"json","version":3}', "The server does not support version 3 of the 'json' protocol."],
    ...[
      ['that is not JSON', 'GET / HTTP/1.1'], ['that is empty', ''], ['that is an array', '["json",1]'], ['without a protocol', '{"version":1}'],
      ['without a version', '{"protocol":"json"}'], ['with a version in quotes', '{"protocol":"json","version":"1"}'],
      ['with a number for a protocol', '{"protocol":1,"version":1}'], ['that is a hub message', '{"type":6}'],
      ['that nests 100 deep', `{"protocol":"json","version":1,"x":${'['.repeat(100)}${']'.repeat(100)}}`],
    ].map((each) => [...each, 'An unexpected error occurred during connection handshake.']),
  ]) {
    test(`${what} is refused at once`, async (t) => {
      const socket = await bare(t);
      await socket.send(frame(TEXT, text + RS + groups('never')));
      assert.equal(await timed(0, 0, refusal(socket)), error);
    });
  }
});

describe('a hub message', () => {
  const ERROR = { type: 7, error: 'Connection closed with an error.' };
  for (const [what, text] of [
    ['that is not JSON', 'hello'], ['that is empty', ''], ['that is a number', '7'], ['that is an array', '[1]'], ['that is cut short', '{"type":6'],
    ['with more behind it', '{"type":6}{}'], ['without a type', '{"target":"Groups","arguments":[]}'], ['with a type in quotes', '{"type":"1"}'],
    ['without a target', '{"type":1,"arguments":[]}'], ['without arguments', '{"type":1,"target":"Groups"}'],
    ['with arguments that are no array', '{"type":1,"target":"Groups","arguments":{}}'], ['with a number for its id', '{"type":1,"invocationId":1,"target":"Groups","arguments":[]}'],
    ['with a raw control character', '{"type":6,"x":"\u0001"}'],
    ['that nests 65 deep', `{"type":1,"target":"Groups","arguments":${'['.repeat(64)}${']'.repeat(64)}}`],
    ['that nests ten thousand deep', `{"type":1,"target":"Groups","arguments":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
    ['that opens objects and never closes them', '{"a":'.repeat(6000)],
  ]) {
    test(`${what} ends the connection at once, and what follows is not done`, async (t) => {
      const hub = await open(t);
      await hub.frame(TEXT, text + RS + groups('never'));
      assert.deepEqual(await timed(0, 0, hubClose(hub, 1011)), ERROR);
    });
  }
  test('of bytes that are no text ends the connection, in a binary frame', async (t) => {
    const hub = await open(t);
    await hub.frame(BINARY, Buffer.from([0xff, 0x00, 0x80, 0x1e]));
    assert.deepEqual(await timed(0, 0, hubClose(hub, 1011)), ERROR);
  });
  test('over the limit is refused before its end came', async (t) => {
    const hub = await open(t);
    await hub.frame(TEXT, 'x'.repeat(HUB_LIMIT + 2));
    assert.deepEqual(await timed(0, 0, hubClose(hub, 1011)), ERROR);
  });
  test('over the limit is refused before its end came, in small pieces too', async (t) => {
    const hub = await open(t);
    for (let sent = 0; sent <= HUB_LIMIT; sent += 1024) await hub.frame(TEXT, 'x'.repeat(1024));
    assert.deepEqual(await timed(0, 0, hubClose(hub, 1011)), ERROR);
  });
  test('that nests 64 deep is only a call with wrong arguments', async (t) => {
    const hub = await open(t);
    await hub.frame(TEXT, `{"type":1,"invocationId":"deep","target":"Groups","arguments":${'['.repeat(63)}${']'.repeat(63)}}${RS}`);
    const { error } = await hub.message(({ invocationId }) => invocationId === 'deep');
    assert.equal(error, "Failed to invoke 'Groups' due to an error on the server.");
    await hub.alive();
  });
  test('of a type to come is passed over', async (t) => {
    const hub = await open(t);
    await hub.frame(TEXT, `{"type":99,"x":[1]}${RS}{"type":-1}${RS}`);
    await hub.alive();
  });
  test('may come one byte at a time, and one byte in a frame', async (t) => {
    const hub = await open(t);
    await hub.send(frame(TEXT, groups('bytes')), { chop: 1 });
    await hub.answered('bytes');
    for (const byte of groups('frames')) await hub.frame(TEXT, byte);
    await hub.answered('frames');
  });
  for (const [what, half] of [['a hub message', frame(TEXT, groups('half').slice(0, 30))], ['a frame', frame(TEXT, groups('half')).subarray(0, 30)], ['a header', frame(TEXT, 'x'.repeat(300)).subarray(0, 3)]]) {
    test(`of which half comes, and then silence, ends the connection in time: half ${what}`, async (t) => {
      const hub = await open(t);
      await hub.frame(TEXT, `{"type":6}${RS}`);  // Whoever pings is expected to go on.
      await hub.send(half);
      const message = await timed(CLIENT_TIMEOUT_MS - 100, CLIENT_TIMEOUT_MS + TICK_MS, hubClose(hub, 1000));
      assert.deepEqual(message, { type: 7, allowReconnect: true });
    });
  }
});

test('who does not answer a close is cut off in time', async (t) => {
  const hub = await open(t);
  await hub.frame(TEXT, `bad${RS}`);
  const { code } = await timed(CLOSE_TIMEOUT_MS - 100, CLOSE_TIMEOUT_MS + 2 * TICK_MS, cutOff(hub.socket));
  assert.equal(code, 1011);
});

test('a good connection goes on beside a hundred bad ones, and nothing of them stays', async (t) => {
  const good = await open(t);
  const connections = async () => Number(/^notify\w*connections\{[^}]*websockets[^}]*\} (\d+)$/m.exec((await agent.api('GET', '/metrics')).text)?.[1]);
  const bad = [frame(TEXT, `bad${RS}`), frame(3), frame(TEXT, Buffer.from([0xff])), frame(TEXT, '', { announced: 64 << 20 })];
  await Promise.all(Array.from({ length: 100 }, async (_, n) => {
    const hub = await open(t);
    await hub.send(bad[n % bad.length]);
    await hub.ending();
  }));
  await good.alive();
  await until('only the good one is there', async () => (await connections()) === 1);
});

describe('a flood of negotiations', () => {
  const negotiate = (key) => agent.api('POST', '/hubs/notifications/negotiate?negotiateVersion=1', { key });
  const flood = (key) => Promise.all(Array.from({ length: 400 }, () => negotiate(key)));
  test('keeps nothing: what nobody connects to is not there', async () => {
    const connections = async () => (await agent.api('GET', '/api/connections?limit=1000', { tenant: 'blue' })).body.items.length;
    await until('those of other tests are gone', async () => (await connections()) === 0);
    const answers = await flood(token);
    assert.ok(answers.every(({ status }) => status === 200));
    assert.equal(new Set(answers.map(({ body }) => body.connectionToken)).size, 400);
    assert.equal(await connections(), 0);
  });
  test('is refused beyond the rate of the tenant, which costs no other', async (t) => {
    await agent.tenant('loud');
    await agent.api('PUT', '/api/tenants/loud', { json: { limits: { requestsPerSecond: 10, requestsBurst: 20 } } });
    const loud = await agent.token('loud', 'alice');
    const answers = await flood(loud);
    const refusals = answers.filter(({ status }) => status !== 200);
    assert.ok(refusals.length > 300, `${refusals.length} refused`);
    for (const answer of refusals) {
      assert.deepEqual([answer.status, answer.body.code], [429, 'rate_limited']);
      assert.ok(Number(answer.headers.get('retry-after')) >= 1);
    }
    const hub = await open(t);
    await hub.alive();
  });
});
