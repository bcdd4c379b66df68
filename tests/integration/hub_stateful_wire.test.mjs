// Stateful reconnect message by message: what the stock client cannot be brought to do.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { Agent } from './support/agent.mjs';
import { until, within } from './support/expect.mjs';
import { HUB, HubHttp } from './support/hub_http.mjs';
import { RawHub } from './support/raw_hub.mjs';
import { CLOSE, RS, TEXT, closing, frame, upgrade } from './support/websocket.mjs';

const agent = await Agent.start({ after }, { config: 'hub: {stateful_bytes: 16KiB, queue_bytes: 256KiB, close_timeout: 1s}\n' });
const blue = await agent.tenant('blue');
await agent.tenant('green');
const token = await agent.token('blue', 'alice', '--role', 'publisher,viewer');
const hub = new HubHttp(agent, token);

const handshake = `{"protocol":"json","version":2}${RS}{"type":6}${RS}`;
const negotiated = () => hub.id('?negotiateVersion=1&useStatefulReconnect=true');
const begin = async (t, query) => RawHub.open(t, agent, token, { query, handshake });
const attach = (t, query, key = token) => RawHub.attach(t, agent, key, { query });
const sequence = (sequenceId) => ({ type: 9, sequenceId });
const ack = (sequenceId) => ({ type: 8, sequenceId });
const call = (id, target = 'Groups', ...args) => ({ type: 1, invocationId: id, target, arguments: args });
const status = async (t, query, key = token) => (await upgrade(t, agent, { token: key, path: HUB + query })).status;
const isOver = (t, query) => until('the token is good for nothing', async () => (await status(t, query)) === 404, 3000);
/** What identifies counted messages. */
const shape = ({ type, target, invocationId, sequenceId, arguments: args }) => ({ 1: `call ${target} ${args?.[0]?.data ?? ''}`.trim(), 3: `answer ${invocationId}`, 9: `sequence ${sequenceId}`, 8: `ack ${sequenceId}` })[type] ?? `type ${type}`;
const next = async (raw, n) => (await raw.messages(n)).map(shape);
const publish = async (...events) => assert.equal((await agent.api('POST', '/api/events/batch', { key: blue.key, json: events })).status, 200);
/** The connection says why it ends, and ends with 1011. */
async function failed(t, raw, query) {
  assert.equal((await raw.message(({ type }) => type === 7)).error, 'Connection closed with an error.');
  assert.equal((await raw.ending()).code, 1011);
  await isOver(t, query);
}

test('nothing numbered comes with the answer to the handshake: the stock client would not count it', async (t) => {
  const query = await negotiated();
  const raw = await attach(t, query);
  await raw.frame(TEXT, `{"protocol":"json","version":2}${RS}`);
  assert.deepEqual(await raw.messages(1), [{}]);
  await publish({ type: 'rate.updated' });
  const begun = Date.now();
  await assert.rejects(raw.socket.next(300), /not within/);
  // A client that is silent is welcomed all the same.
  assert.equal(shape((await raw.messages(1))[0]), 'call connected');
  assert.ok(Date.now() - begun < 5000);
});

test('the first word of the client brings connected at once', async (t) => {
  const raw = await attach(t, await negotiated());
  await raw.frame(TEXT, handshake);
  const begun = Date.now();
  assert.deepEqual([(await raw.messages(1))[0], ...await next(raw, 1)], [{}, 'call connected']);
  assert.ok(Date.now() - begun < 900);
});

test('a new WebSocket gets Sequence first, then all that was not acknowledged, then what is new', async (t) => {
  const query = await negotiated();
  const first = await begin(t, query);
  await first.say(call('1'), call('2'));
  await next(first, 2);
  first.socket.destroy();
  await publish({ type: 'rate.updated', data: 'in the gap' });
  const second = await attach(t, query);
  await second.say(sequence(3), call('3'));
  assert.deepEqual(await next(second, 6), ['sequence 1', 'call connected', 'answer 1', 'answer 2', 'call rate.updated in the gap', 'answer 3']);
});

test('what was acknowledged does not come again, and Sequence names what follows', async (t) => {
  const query = await negotiated();
  const first = await begin(t, query);
  await first.say(call('1'), call('2'), ack(2), call('3'));
  await next(first, 3);
  const second = await attach(t, query);
  assert.deepEqual(await next(second, 3), ['sequence 3', 'answer 2', 'answer 3']);
  await second.say(sequence(4), ack(4));
  await second.say(call('4'));
  assert.equal((await second.message(({ type }) => type === 3)).invocationId, '4');
  const third = await attach(t, query);
  assert.deepEqual(await next(third, 2), ['sequence 5', 'answer 4']);
});

test('all acknowledged: Sequence names the next', async (t) => {
  const query = await negotiated();
  const first = await begin(t, query);
  await first.say(ack(1), call('1'));
  await next(first, 1);
  await first.say(ack(2));
  await wait(100);
  const second = await attach(t, query);
  assert.deepEqual(await next(second, 1), ['sequence 3']);
});

test('what the client sends again is done once, and acknowledged again', async (t) => {
  const query = await negotiated();
  const first = await begin(t, query);
  const publication = (n) => call(`p${n}`, 'Publish', { type: 'order.placed', data: n });
  await first.say(publication(1), publication(2));
  await next(first, 2);
  const head = (await agent.api('GET', '/api/events?type=order.placed&limit=100', { key: blue.key })).body.items.length;
  const second = await attach(t, query);
  await second.say(sequence(1), publication(1), publication(2), publication(3));
  assert.deepEqual((await next(second, 5)).slice(-1), ['answer p3']);
  assert.equal((await agent.api('GET', '/api/events?type=order.placed&limit=100', { key: blue.key })).body.items.length, head + 1);
  assert.deepEqual((await second.message(({ type }) => type === 8)).sequenceId, 3);
});

test('what comes before the Sequence of a new WebSocket is not heard', async (t) => {
  const query = await negotiated();
  await begin(t, query);
  const second = await attach(t, query);
  await second.say(call('lost'), { type: 6 }, sequence(1), call('heard'));
  assert.deepEqual(await next(second, 3), ['sequence 1', 'call connected', 'answer heard']);
});

test('Acks come at most once a second, and only for what is new', async (t) => {
  const raw = await begin(t, await negotiated());
  for (let n = 0; n < 100; ++n) await raw.say(call(`c${n}`));
  const got = await next(raw, 101);
  const acks = got.filter((each) => each.startsWith('ack'));
  assert.ok(acks.length >= 1 && acks.length <= 2, `${acks}`);
  if (acks.at(-1) !== 'ack 100') assert.equal((await raw.message(({ type }) => type === 8)).sequenceId, 100);
  const more = [];
  const quiet = (async () => { for (;;) more.push(...await next(raw, 1)); })().catch(() => {});
  await Promise.race([quiet, wait(2500)]);
  assert.deepEqual(more.filter((each) => each.startsWith('ack')), []);
});

test('an Ack above what was sent ends the connection', async (t) => {
  const query = await negotiated();
  const raw = await begin(t, query);
  await raw.say(ack(2));
  await failed(t, raw, query);
});

for (const [what, number] of [['above what was received', 3], ['of nothing', 0], ['below nothing', -1]]) {
  test(`a Sequence ${what} ends the connection`, async (t) => {
    const query = await negotiated();
    const first = await begin(t, query);
    await first.say(call('1'));
    await next(first, 1);
    const second = await attach(t, query);
    await second.say(sequence(number));
    await failed(t, second, query);
  });
}

test('a new WebSocket takes over while the old one is open, which then ends', async (t) => {
  const query = await negotiated();
  const first = await begin(t, query);
  const second = await attach(t, query);
  await second.say(sequence(1), call('1'));
  assert.deepEqual(await next(second, 3), ['sequence 1', 'call connected', 'answer 1']);
  assert.deepEqual(await first.ending(), { before: [] });
});

test('a late close frame of the old WebSocket ends nothing', async (t) => {
  const query = await negotiated();
  const first = await begin(t, query);
  const second = await attach(t, query);
  await first.socket.close();
  await wait(100);
  await second.say(sequence(1), call('1'));
  assert.equal((await second.message(({ type }) => type === 3)).invocationId, '1');
});

test('of many that come at once one stays, and the connection goes on', async (t) => {
  const query = await negotiated();
  await begin(t, query);
  const all = await Promise.all(Array.from({ length: 8 }, () => upgrade(t, agent, { token, path: HUB + query }).catch(() => ({ status: 0 }))));
  assert.ok(all.every((each) => each.status === 101 || each.status === 0), all.map((each) => each.status).join());
  const last = await attach(t, query);
  await last.say(sequence(1), call('1'));
  assert.deepEqual(await next(last, 3), ['sequence 1', 'call connected', 'answer 1']);
});

test('one that never tells where it goes on from is dropped, and another may come', async (t) => {
  const query = await negotiated();
  await begin(t, query);
  const orphan = await attach(t, query);
  const begun = Date.now();
  await orphan.ending(15_000);
  const took = Date.now() - begun;
  assert.ok(took > 3000 && took < 9000, `${took} ms`);
  const third = await attach(t, query);
  await third.say(sequence(1), call('1'));
  assert.deepEqual(await next(third, 3), ['sequence 1', 'call connected', 'answer 1']);
});

test('another user, another tenant and nobody find nothing at the token; the same user with a new token does', async (t) => {
  const query = await negotiated();
  const raw = await begin(t, query);
  assert.equal(await status(t, query, await agent.token('blue', 'bob')), 404);
  assert.equal(await status(t, query, await agent.token('green', 'alice')), 404);
  assert.equal(await status(t, query, null), 401);
  await raw.say(call('1'));
  assert.deepEqual(await next(raw, 1), ['answer 1']);
  const again = await attach(t, query, await agent.token('blue', 'alice', '--role', 'publisher,viewer'));
  assert.deepEqual(await next(again, 2), ['sequence 1', 'call connected']);
});

for (const [what, leave] of [
  ['a close frame', (raw) => raw.socket.close()],
  ['a close frame that says going away', (raw) => raw.socket.close(closing(1001))],
  ['a Close of the client', (raw) => raw.say({ type: 7 })],
]) {
  test(`after ${what} the token is 404`, async (t) => {
    const query = await negotiated();
    const raw = await begin(t, query);
    await leave(raw);
    await raw.ending();
    await isOver(t, query);
  });
}

test('after a Close of the agent the token is 404 at once', async (t) => {
  const key = await agent.token('blue', 'leaver');
  const query = await new HubHttp(agent, key).id('?negotiateVersion=1&useStatefulReconnect=true');
  const raw = await RawHub.open(t, agent, key, { query, handshake });
  await agent.notifyctl(['token', 'revoke', '--user', 'leaver', '--tenant', 'blue']);
  await raw.message(({ type }) => type === 7);
  assert.ok([401, 404].includes(await status(t, query, key)));
});

test('version 1 of the protocol switches it off', async (t) => {
  const query = await negotiated();
  const raw = await RawHub.open(t, agent, token, { query });
  assert.equal(await status(t, query), 409);
  raw.socket.destroy();
  await isOver(t, query);
});

test('who negotiated without it has no second WebSocket, whatever the version', async (t) => {
  const query = await hub.id();
  await RawHub.open(t, agent, token, { query, handshake });
  assert.equal(await status(t, query), 409);
});

test('a client that acknowledges nothing has so much and no more, is answered, and goes on where it was', async (t) => {
  const raw = await begin(t, await negotiated());
  await raw.say(call('s', 'Subscribe', { types: ['flood.made'] }), ack(1));
  await next(raw, 1);
  await publish(...Array.from({ length: 500 }, (_, data) => ({ type: 'flood.made', data })));
  await wait(300);
  await raw.say(call('1'));
  const got = [];
  while (got.at(-1)?.invocationId !== '1') got.push(...await raw.messages(1));
  const numbers = (messages) => messages.filter(({ target }) => target === 'flood.made').map(({ arguments: [event] }) => event.data);
  const before = numbers(got).length;
  assert.ok(before > 5 && before < 100, `${before}`);
  const all = numbers(got);
  let counted = 1 + 1 + before + 1;  // connected, the answer to Subscribe, the events, the answer to the call.
  while (all.length < 500) {
    await raw.say(ack(counted));
    const more = numbers([await within('it goes on', raw.message(({ type }) => type === 1))]);
    all.push(...more);
    counted += 1;
  }
  assert.deepEqual(all, Array.from({ length: 500 }, (_, n) => n));
});

test('a client that asks on and on and acknowledges nothing is ended, and may come again', async (t) => {
  const query = await negotiated();
  const raw = await begin(t, query);
  for (let n = 0; n < 60; ++n) await raw.say(...Array.from({ length: 100 }, (_, i) => call(`${n}-${i}`)));
  const end = await raw.message(({ type }) => type === 7);
  assert.deepEqual(end, { type: 7, allowReconnect: true });
  await isOver(t, query);
});

test('an event stream has none of it, whatever was negotiated', async (t) => {
  const query = await negotiated();
  const stream = await hub.stream(t, query);
  assert.equal((await hub.post(query, handshake)).status, 200);
  assert.deepEqual([await stream.message(), shape(await stream.message())], [{}, 'call connected']);
  assert.equal((await hub.get(query, { headers: { accept: 'text/event-stream' } })).status, 409);
  await hub.post(query, JSON.stringify(call('1')) + RS);
  assert.equal(shape(await stream.message()), 'answer 1');
});

test('a frame that was cut in the middle does not harm the next WebSocket', async (t) => {
  const query = await negotiated();
  const first = await begin(t, query);
  const whole = frame(TEXT, JSON.stringify(call('cut')) + RS);
  await first.send(whole.subarray(0, 20));
  const halves = frame(TEXT, JSON.stringify(call('x')).slice(0, 15), { fin: false });
  first.socket.destroy();
  const second = await attach(t, query);
  await second.say(sequence(1), call('cut'));
  assert.deepEqual(await next(second, 3), ['sequence 1', 'call connected', 'answer cut']);
  await second.send(halves);
  second.socket.destroy();
  const third = await attach(t, query);
  await third.say(sequence(2), call('x'));
  assert.deepEqual((await next(third, 4)).at(-1), 'answer x');
  assert.notEqual((await third.socket.next(100).catch(() => ({})))?.opcode, CLOSE);
});
