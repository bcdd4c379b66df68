// The hub with the stock client @microsoft/signalr, over WebSockets with the JSON protocol.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { HttpTransportType, HubConnectionState } from '@microsoft/signalr';

import { Agent } from './support/agent.mjs';
import { until, within } from './support/expect.mjs';
import { connectHub } from './support/hub.mjs';

const agent = await Agent.start({ after });
const blue = await agent.tenant('blue');
const green = await agent.tenant('green');
const methods = ['order.placed', 'order.paid', 'rate.updated', 'user.activity', 'notification', 'gap', 'ping.me', 'first', 'green.only'];

const publish = async (event, key = blue.key) => {
  const { status, body, text } = await agent.api('POST', '/api/events/publish', { key, json: event });
  assert.equal(status, 202, text);
  return body;
};
const connect = async (t, { user = 'alice', role = 'subscriber', tenant = 'blue', ...rest } = {}) =>
  connectHub(t, agent, await agent.token(tenant, user, '--role', role), { methods, ...rest });
const failure = (promise) => promise.then(() => assert.fail('it was not refused'), (error) => error.message);
const ids = (events) => events.map((event) => event.id);
const place = ({ epoch, sequence }) => ({ epoch, sequence });

test('the first message after the handshake is connected', async (t) => {
  const { connection, received } = await connect(t);
  const [welcome] = await received.until('connected');
  assert.deepEqual([welcome.tenant, welcome.user, welcome.roles], ['blue', 'alice', ['subscriber']]);
  assert.deepEqual(welcome.groups.toSorted(), ['tenant::blue', 'user::alice']);
  assert.equal(welcome.connectionId, connection.connectionId);
  assert.ok(welcome.epoch > 0 && welcome.sequence >= 0 && welcome.methods.includes('Subscribe') && welcome.session);
});

test('a client may skip the negotiation', async (t) => {
  const options = { skipNegotiation: true, transport: HttpTransportType.WebSockets };
  const { connection, received } = await connect(t, { options });
  await received.until('connected');
  assert.deepEqual((await connection.invoke('Groups')).toSorted(), ['tenant::blue', 'user::alice']);
});

test('negotiate answers version 1 with two secrets of their own and WebSockets', async () => {
  const key = await agent.token('blue', 'alice');
  const { status, body } = await agent.api('POST', '/hubs/notifications/negotiate?negotiateVersion=1', { key });
  assert.equal(status, 200);
  assert.equal(body.negotiateVersion, 1);
  assert.match(body.connectionToken, /^[\w-]{22,}$/);
  assert.notEqual(body.connectionId, body.connectionToken);
  assert.equal(body.availableTransports[0].transport, 'WebSockets');
  assert.ok(body.availableTransports[0].transferFormats.includes('Text'));
  assert.equal(body.useStatefulReconnect, undefined);
});

test('nobody connects without a credential', async (t) => {
  assert.match(await failure(connectHub(t, agent, '')), /401/);
  assert.match(await failure(connectHub(t, agent, 'eyJhbGciOiJIUzI1NiJ9.e30.AAAA')), /401/);
});

test('an event of a broadcast type reaches every connection of its tenant, and no other', async (t) => {
  const alice = await connect(t);
  const gina = await connect(t, { tenant: 'green', user: 'gina' });
  const { id } = await publish({ type: 'rate.updated', data: { base: 'USD', quote: 'GBP', rate: 0.7497, previousRate: 0.75 } });
  const [event] = await alice.received.until('rate.updated');
  assert.deepEqual([event.id, event.tenant, event.data.rate], [id, 'blue', 0.7497]);
  await publish({ type: 'rate.updated', data: 0 }, green.key);
  const seen = await gina.received.until('rate.updated');
  assert.deepEqual(seen.map((each) => each.tenant), ['green']);
});

test('other events come to who subscribed, by type and prefix', async (t) => {
  const { connection, received } = await connect(t);
  const answer = await connection.invoke('Subscribe', { types: ['order.*'] });
  assert.deepEqual(Object.keys(answer).toSorted(), ['epoch', 'sequence', 'subscription']);
  const placed = await publish({ type: 'order.placed', data: 1 });
  await publish({ type: 'invoice.sent' });
  const paid = await publish({ type: 'order.paid', data: 2 });
  const [first] = await received.until('order.placed');
  const [second] = await received.until('order.paid');
  assert.deepEqual([place(first), place(second)], [place(placed), place(paid)]);
  assert.ok(answer.sequence < placed.sequence);
});

test('an event that matches several subscriptions and a group comes once', async (t) => {
  const { connection, received } = await connect(t);
  for (const types of [['rate.updated'], ['rate.*'], ['*']]) await connection.invoke('Subscribe', { types });
  await publish({ type: 'rate.updated', data: 1 });
  const last = await publish({ type: 'order.placed' });
  await received.until('order.placed');
  assert.equal(received.of('rate.updated').length, 1);
  assert.equal(received.of('order.placed')[0].sequence, last.sequence);
});

test('a subscription may be by topic', async (t) => {
  const { connection, received } = await connect(t);
  await connection.invoke('Subscribe', { topics: ['vip'] });
  await publish({ type: 'order.placed' });
  const { id } = await publish({ type: 'order.placed', topic: 'vip' });
  assert.deepEqual(ids(await received.until('order.placed')), [id]);
});

test('Subscribe from a position goes from history to live without a gap or a repeat', async (t) => {
  const { connection, received } = await connect(t);
  const first = await publish({ type: 'order.placed' });
  const wanted = [];
  for (let n = 0; n < 300; ++n) wanted.push(publish({ type: 'order.placed', data: n }));
  await Promise.all(wanted.slice(0, 100));
  const answer = await connection.invoke('Subscribe', { types: ['order.placed'], from: place(first) });
  assert.equal(answer.sequence, first.sequence);
  const stored = (await Promise.all(wanted)).map((each) => each.sequence).toSorted((a, b) => a - b);
  const seen = await received.until('order.placed', 300);
  assert.deepEqual(seen.map((event) => event.sequence), stored);
});

test('a subscription ends with Unsubscribe', async (t) => {
  const { connection, received } = await connect(t);
  const { subscription } = await connection.invoke('Subscribe', { types: ['order.placed'] });
  await connection.invoke('Subscribe', { types: ['order.paid'] });
  await connection.invoke('Unsubscribe', subscription);
  await publish({ type: 'order.placed' });
  await publish({ type: 'order.paid' });
  await received.until('order.paid');
  assert.equal(received.of('order.placed').length, 0);
  assert.match(await failure(connection.invoke('Unsubscribe', subscription)), /not_found: /);
});

test('a position of another epoch or beyond the log is told as a gap', async (t) => {
  const { connection } = await connect(t);
  const { epoch, sequence } = await publish({ type: 'order.placed' });
  const from = async (position) => (await connection.invoke('Subscribe', { types: ['*'], from: position })).gap;
  const ahead = await from({ epoch, sequence: sequence + 1000 });
  assert.deepEqual([ahead.reason, ahead.requested, ahead.resumedAfter.epoch], ['ahead', { epoch, sequence: sequence + 1000 }, epoch]);
  assert.equal((await from({ epoch: 1, sequence: 5 })).reason, 'epoch');
  assert.equal(await from({ sequence: 0 }), undefined);
});

for (const [what, argument] of [
  ['neither types nor topics', {}],
  ['an unknown member', { types: ['*'], colour: 'red' }],
  ['a position that is none', { types: ['*'], from: 'x' }],
  ['no object', 7],
]) {
  test(`Subscribe with ${what} is refused`, async (t) => {
    const { connection } = await connect(t);
    assert.match(await failure(connection.invoke('Subscribe', argument)), /HubException: invalid_argument: /);
  });
}

test('a connection leaves the group of its tenant and joins it again', async (t) => {
  const { connection, received } = await connect(t);
  await connection.invoke('LeaveTenantGroup', 'blue');
  assert.deepEqual(await connection.invoke('Groups'), ['user::alice']);
  await publish({ type: 'rate.updated', data: 'away' });
  await connection.invoke('JoinTenantGroup', 'blue');
  await publish({ type: 'rate.updated', data: 'back' });
  assert.deepEqual((await received.until('rate.updated')).map((event) => event.data), ['back']);
});

test('the group of another tenant is refused alike whether it exists or not, and audited', async (t) => {
  const { connection } = await connect(t, { tenant: 'green', user: 'mallory' });
  const existing = await failure(connection.invoke('JoinTenantGroup', 'blue'));
  const absent = await failure(connection.invoke('JoinTenantGroup', 'nobody'));
  assert.match(existing, /HubException: forbidden: /);
  assert.equal(existing, absent);
  const found = await until('it is audited', async () => {
    const { items } = await agent.json(['audit', 'list', '--tenant', 'green', '--result', 'refused']);
    return items.find((record) => record.action === 'hub.join' && record.target === 'blue');
  });
  assert.deepEqual([found.actor, found.code, found.tenant], ['user:mallory', 'forbidden', 'green']);
});

test('a publisher publishes through the hub, and a subscriber may not', async (t) => {
  const { connection } = await connect(t, { user: 'shop', role: 'publisher' });
  const answer = await connection.invoke('Publish', { type: 'order.placed', id: 'hub-1', data: 1 });
  assert.deepEqual([answer.id, answer.duplicate], ['hub-1', false]);
  assert.deepEqual(await connection.invoke('Publish', { type: 'order.placed', id: 'hub-1' }), { ...answer, duplicate: true });
  const subscriber = await connect(t);
  assert.match(await failure(subscriber.connection.invoke('Publish', { type: 'order.placed' })), /HubException: forbidden: /);
  assert.match(await failure(connection.invoke('Publish', { type: 'billing.run' })), /HubException: type_reserved: /);
});

test('SendToUser, SendToGroup and Broadcast reach who is meant, and say how many', async (t) => {
  const one = await connect(t, { user: 'one' });
  const two = await connect(t, { user: 'two' });
  const other = await connect(t, { tenant: 'green', user: 'one' });
  const { connection } = await connect(t, { user: 'board', role: 'publisher' });
  assert.deepEqual(await connection.invoke('SendToUser', 'one', 'ping.me', { n: 1 }), { delivered: 1 });
  assert.deepEqual(await connection.invoke('SendToGroup', 'user::two', 'ping.me', { n: 2 }), { delivered: 1 });
  assert.deepEqual(await connection.invoke('SendToUser', 'nobody', 'ping.me', {}), { delivered: 0 });
  assert.ok((await connection.invoke('Broadcast', 'first', 'all')).delivered >= 3);
  await Promise.all([one.received.until('first'), two.received.until('first')]);
  assert.deepEqual([one.received.of('ping.me'), two.received.of('ping.me')], [[{ n: 1 }], [{ n: 2 }]]);
  assert.deepEqual([other.received.of('ping.me'), other.received.of('first')], [[], []]);
});

test('a method of ours cannot be sent by others', async (t) => {
  const { connection } = await connect(t, { user: 'board', role: 'publisher' });
  for (const method of ['connected', 'notification', 'gap', 'unsubscribed', 'system.alert', 'badge']) {
    assert.match(await failure(connection.invoke('SendToUser', 'one', method, {})), /HubException: invalid_argument: /);
  }
});

test('StreamEvents gives envelopes until it is cancelled', async (t) => {
  const { connection } = await connect(t, { role: 'viewer' });
  const start = await publish({ type: 'order.placed' });
  await publish({ type: 'order.placed', data: 'history' });
  const items = [];
  const done = new Promise((resolve, reject) => {
    const subscription = connection.stream('StreamEvents', { types: ['order.placed'], from: place(start) }).subscribe({
      next: (event) => {
        items.push(event.data);
        if (event.data === 'live') { subscription.dispose(); resolve(); }
      },
      error: reject,
      complete: () => reject(new Error('it ended')),
    });
  });
  await until('history came', () => items.length === 1);
  await publish({ type: 'order.placed', data: 'live' });
  await within('the stream gave both', done);
  assert.deepEqual(items, ['history', 'live']);
  await publish({ type: 'order.placed', data: 'after' });
  await connection.invoke('Groups');
  assert.deepEqual(items, ['history', 'live']);
});

test('a gap is the error of a stream, unless it says to go on', async (t) => {
  const { connection } = await connect(t, { role: 'viewer' });
  const { epoch, sequence } = await publish({ type: 'order.placed' });
  const from = { epoch, sequence: sequence + 5000 };
  const error = await new Promise((resolve) => {
    connection.stream('StreamEvents', { types: ['*'], from }).subscribe({ next() {}, complete() {}, error: resolve });
  });
  assert.match(error.message, /gap/);
  const item = new Promise((resolve, reject) => {
    connection.stream('StreamEvents', { types: ['order.paid'], from, onGap: 'continue' }).subscribe({ next: resolve, complete() {}, error: reject });
  });
  await connection.invoke('Groups');
  const { id } = await publish({ type: 'order.paid' });
  assert.equal((await item).id, id);
});

test('unknown methods, wrong arguments and wrong kinds of call have errors of their own', async (t) => {
  const { connection } = await connect(t);
  assert.match(await failure(connection.invoke('Nothing')), /Method does not exist/);
  assert.match(await failure(connection.invoke('Groups', 1)), /Failed to invoke 'Groups' due to an error on the server/);
  assert.match(await failure(connection.invoke('StreamEvents', {})), /streaming 'StreamEvents' method with a non-streaming/);
  const streamed = new Promise((resolve) => { connection.stream('Groups').subscribe({ next() {}, complete() {}, error: (error) => resolve(error.message) }); });
  assert.match(await streamed, /non-streaming 'Groups' method with a streaming/);
  assert.deepEqual((await connection.invoke('groups')).length, 2);
});

test('a subscriber gets events of its own user and not of others', async (t) => {
  const { connection, received } = await connect(t, { user: 'carol' });
  await connection.invoke('Subscribe', { types: ['order.*'] });
  await publish({ type: 'order.placed', userid: 'dave' });
  await publish({ type: 'order.placed', userid: 'carol', data: 'mine' });
  assert.deepEqual((await received.until('order.placed')).map((event) => event.data), ['mine']);
});

test('a connection ends with allowReconnect when its token expires, and comes again with a new one', async (t) => {
  let token = await agent.token('blue', 'brief', '--ttl', '2s');
  const { connection, received } = await connectHub(t, agent, '', { methods, retry: [0, 50, 200], options: { accessTokenFactory: () => token } });
  const again = new Promise((resolve) => { connection.onreconnected(resolve); });
  token = await agent.token('blue', 'brief');
  await within('it came again', again);
  assert.equal((await received.until('connected', 2)).length, 2);
  assert.equal(connection.state, HubConnectionState.Connected);
});

test('a connection ends when its tokens are revoked, and may not come again', async (t) => {
  const { connection } = await connect(t, { user: 'leaver', retry: [0] });
  const closed = new Promise((resolve) => { connection.onclose(resolve); });
  await agent.notifyctl(['token', 'revoke', '--user', 'leaver', '--tenant', 'blue']);
  await within('it is closed', closed);
});

test('a connection ends when its tenant is suspended', async (t) => {
  await agent.tenant('sleepy');
  const { connection } = await connect(t, { tenant: 'sleepy', user: 'sue', retry: [0] });
  const closed = new Promise((resolve) => { connection.onclose(resolve); });
  await agent.notifyctl(['tenant', 'suspend', 'sleepy']);
  await within('it is closed', closed);
});

test('a tenant may have its clients called with the bare data', async (t) => {
  const bare = await agent.tenant('bare');
  await agent.notifyctl(['tenant', 'update', 'bare', '--config', 'hub.payload=data']);
  const { connection, received } = await connect(t, { tenant: 'bare', user: 'bob' });
  await publish({ type: 'rate.updated', data: { rate: 1.5 } }, bare.key);
  assert.deepEqual(await received.until('rate.updated'), [{ rate: 1.5 }]);
  assert.match(await failure(connection.invoke('Subscribe', { types: ['*'], from: { sequence: 0 } })), /HubException: envelope_required: /);
});

test('event replay sends a range again to one subscription, marked and with its old positions', async (t) => {
  const { connection, received } = await connect(t);
  const other = await connect(t);
  await other.connection.invoke('Subscribe', { types: ['order.placed'] });
  const { subscription } = await connection.invoke('Subscribe', { types: ['order.placed'] });
  const sent = [];
  for (let n = 0; n < 5; ++n) sent.push(await publish({ type: 'order.placed', data: n }));
  await Promise.all([received.until('order.placed', 5), other.received.until('order.placed', 5)]);
  const replay = ['event', 'replay', '--tenant', 'blue', '--after', `${sent[1].epoch}-${sent[1].sequence}`, '--last', `${sent[3].epoch}-${sent[3].sequence}`, '--type', 'order.placed', '--to-subscription', subscription];
  assert.equal((await agent.json([...replay, '--plan'])).events, 2);
  assert.equal((await agent.json([...replay, '--yes'])).sent, 2);
  const again = (await received.until('order.placed', 7)).slice(5);
  assert.deepEqual(again.map(({ replayed, epoch, sequence, originalsequence, data }) => [replayed, epoch, sequence, originalsequence, data]),
    [2, 3].map((n) => [true, undefined, undefined, sent[n].sequence, n]));
  assert.equal(other.received.of('order.placed').length, 5);
});

test('nobody of green ever saw anything of blue', async (t) => {
  const gina = await connect(t, { tenant: 'green', user: 'gina', role: 'viewer' });
  await gina.connection.invoke('Subscribe', { types: ['*'], from: { sequence: 0 } });
  await publish({ type: 'order.placed', data: 'blue only' });
  await publish({ type: 'green.only' }, green.key);
  await gina.received.until('green.only');
  const all = methods.flatMap((method) => gina.received.of(method)).filter((event) => event?.tenant);
  assert.ok(all.length >= 1 && all.every((event) => event.tenant === 'green'));
});
