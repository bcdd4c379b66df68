// One table of scenarios with the stock client @microsoft/signalr for each way that it can talk to the hub:
// WebSockets, server-sent events and long polling, with JSON and MessagePack.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';

import { HttpTransportType, HubConnectionState, Subject } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';

import { Agent } from './support/agent.mjs';
import { until, within } from './support/expect.mjs';
import { connectHub } from './support/hub.mjs';

const COMBINATIONS = [
  { name: 'WebSockets, json', transport: HttpTransportType.WebSockets, label: 'websockets' },
  { name: 'WebSockets, messagepack', transport: HttpTransportType.WebSockets, label: 'websockets', binary: true },
  { name: 'server-sent events, json', transport: HttpTransportType.ServerSentEvents, label: 'serversentevents' },
  { name: 'long polling, json', transport: HttpTransportType.LongPolling, label: 'longpolling' },
  { name: 'long polling, messagepack', transport: HttpTransportType.LongPolling, label: 'longpolling', binary: true },
];
const FLOOD = 10_000;
const TEXTS = ['Grüße, 世界 🌍', 'line\nline\r\nline', '\u001e is the separator', '\u2028\u2029\u0000\u007f', '"quoted" \\ back', 'e\u0301 \u202e'];
const NUMBERS = [0, 1, -1, 127, 128, -32, -33, 255, 256, 65535, 65536, -32769, 2 ** 31, -(2 ** 31) - 1, 2 ** 32, Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER, 2 ** 63, 1e20, 0.1, -1.5, 1e308, Number.MIN_VALUE];

const config = 'hub: {drain_window: 0s, ack: {timeout: 1s}}\n';
const agent = await Agent.start({ after }, { config });
const blue = await agent.tenant('blue');
await agent.tenant('green');
await agent.tenant('lone');
const mortal = await Agent.start({ after }, { config });
const red = await mortal.tenant('red');

const methods = ['order.placed', 'order.paid', 'rate.updated', 'flood.made', 'job.made', 'ping.me', 'gap', 'unsubscribed'];
const publisher = (on, key) => async (event) => {
  const { status, body, text } = await on.api('POST', '/api/events/publish', { key, json: event });
  assert.equal(status, 202, text);
  return body;
};
const publish = publisher(agent, blue.key);
const failure = (promise) => promise.then(() => assert.fail('it was not refused'), (error) => error.message);
const place = ({ epoch, sequence }) => ({ epoch, sequence });
const data = (events) => events.map((event) => event.data);
/** All that a stream gives, up to its end; its error where it ends with one. */
const streamed = (stream) => new Promise((resolve) => {
  const items = [];
  stream.subscribe({ next: (item) => items.push(item), complete: () => resolve({ items }), error: (error) => resolve({ items, error: error.message }) });
});
/** How many connections of the tenant `lone` there are by that transport. */
async function open(label) {
  const { text } = await agent.api('GET', '/metrics');
  const line = new RegExp(`^notify_connections\\{(?=[^}]*tenant="lone")(?=[^}]*transport="${label}")[^}]*\\} (\\d+)`, 'm').exec(text);
  return Number(line?.[1] ?? 0);
}

for (const { name, transport, label, binary } of COMBINATIONS) {
  const wire = () => ({ methods, protocol: binary && new MessagePackHubProtocol() });
  const connect = async (t, { user = 'alice', role = 'subscriber', tenant = 'blue', on = agent, ...rest } = {}) => {
    const token = await on.token(tenant, user, '--role', role);
    // The client's event stream has its token in the query, which is not for who may publish.
    const options = label === 'serversentevents' && role.includes('publisher')
      ? { transport, headers: { authorization: `Bearer ${token}` }, accessTokenFactory: undefined } : { transport };
    return connectHub(t, on, token, { ...wire(), ...rest, options });
  };

  describe(name, () => {
    test('connected comes first, and tells who one is', async (t) => {
      const { connection, received } = await connect(t);
      const [welcome] = await received.until('connected');
      assert.deepEqual([welcome.tenant, welcome.user, welcome.roles, welcome.connectionId], ['blue', 'alice', ['subscriber'], connection.connectionId]);
      assert.deepEqual(welcome.groups.toSorted(), ['tenant::blue', 'user::alice']);
      assert.deepEqual((await connection.invoke('Groups')).toSorted(), ['tenant::blue', 'user::alice']);
      assert.ok(welcome.epoch > 0 && welcome.sequence >= 0 && welcome.methods.includes('Subscribe'));
    });

    test('an event of a broadcast type arrives as the log has it', async (t) => {
      const { received } = await connect(t);
      const made = await publish({ type: 'rate.updated', subject: 'USD/GBP', data: { rate: 0.7497, tags: ['a', null, true] } });
      const [event] = await received.until('rate.updated');
      const { text } = await agent.api('GET', `/api/events/${made.id}`, { key: blue.key });
      assert.deepEqual(event, JSON.parse(text));
    });

    test('Subscribe delivers live, and Unsubscribe ends it', async (t) => {
      const { connection, received } = await connect(t);
      const { subscription, epoch } = await connection.invoke('Subscribe', { types: ['order.*'] });
      assert.ok(typeof subscription === 'string' && epoch > 0);
      await publish({ type: 'order.placed', data: 1 });
      assert.deepEqual(data(await received.until('order.placed')), [1]);
      await connection.invoke('Subscribe', { types: ['order.paid'] });
      assert.equal(await connection.invoke('Unsubscribe', subscription), undefined);
      await publish({ type: 'order.placed', data: 2 });
      await publish({ type: 'order.paid', data: 3 });
      assert.deepEqual(data(await received.until('order.paid')), [3]);
      assert.deepEqual(data(received.of('order.placed')), [1]);
    });

    test('Subscribe from a position gives history, then live, in order and without a gap', async (t) => {
      const { connection, received } = await connect(t);
      const first = await publish({ type: 'order.placed', data: -1 });
      const wanted = Array.from({ length: 300 }, (_, n) => publish({ type: 'order.placed', data: n }));
      await Promise.all(wanted.slice(0, 100));
      const { sequence } = await connection.invoke('Subscribe', { types: ['order.placed'], from: place(first) });
      assert.equal(sequence, first.sequence);
      const stored = (await Promise.all(wanted)).map((each) => each.sequence).toSorted((a, b) => a - b);
      await publish({ type: 'rate.updated', data: 'last' });
      await received.until('rate.updated');
      assert.deepEqual((await received.until('order.placed', 300)).map((event) => event.sequence), stored);
      assert.equal(received.of('order.placed').length, 300);
    });

    test('a position that is gone is told as a gap', async (t) => {
      const { connection } = await connect(t);
      const { epoch, sequence } = await publish({ type: 'order.placed' });
      const { gap } = await connection.invoke('Subscribe', { types: ['*'], from: { epoch, sequence: sequence + 1000 } });
      assert.deepEqual([gap.reason, gap.requested], ['ahead', { epoch, sequence: sequence + 1000 }]);
    });

    test('what is not acknowledged comes again, marked, and what is does not', async (t) => {
      const user = `acker-${label}-${binary ? 'm' : 'j'}`;
      const { connection, received } = await connect(t, { user });
      await connection.invoke('Subscribe', { types: ['job.*'], ack: true, name: 'jobs' });
      const sent = [await publish({ type: 'job.made', data: 1 }), await publish({ type: 'job.made', data: 2 })];
      await received.until('job.made', 2);
      await connection.invoke('Ack', 'jobs', place(sent[0]));
      const third = (await received.until('job.made', 3))[2];
      await connection.invoke('Ack', 'jobs', `${sent[1].epoch}-${sent[1].sequence}`);
      assert.deepEqual([third.data, third.redelivered, received.of('job.made')[0].redelivered], [2, true, undefined]);
      await connection.stop();
      const again = await connect(t, { user });
      assert.deepEqual(place(await again.connection.invoke('Subscribe', { types: ['job.*'], ack: true, name: 'jobs' })), place(sent[1]));
    });

    test('Publish stores an event once, and takes the role of a publisher', async (t) => {
      const { connection } = await connect(t, { role: 'publisher' });
      const id = `hub ${name}`;
      const answer = await connection.invoke('Publish', { type: 'order.placed', id, data: { n: 1 } });
      assert.deepEqual([answer.id, answer.duplicate], [id, false]);
      assert.deepEqual(await connection.invoke('Publish', { type: 'order.placed', id, data: { n: 1 } }), { ...answer, duplicate: true });
      const subscriber = await connect(t);
      assert.match(await failure(subscriber.connection.invoke('Publish', { type: 'order.placed' })),
        /^An unexpected error occurred invoking 'Publish' on the server\. HubException: forbidden: /);
    });

    test('texts and numbers come as they were sent, both ways', async (t) => {
      const { connection, received } = await connect(t, { role: 'publisher,viewer' });
      await connection.invoke('Subscribe', { types: ['order.placed'] });
      const payload = { texts: TEXTS, numbers: NUMBERS, keys: Object.fromEntries(TEXTS.map((text, n) => [text, n])), deep: [[[[{}]]], []], none: null };
      await publish({ type: 'order.placed', data: payload });
      await connection.invoke('Publish', { type: 'order.placed', data: payload });
      for (const event of await received.until('order.placed', 2)) assert.deepEqual(event.data, payload);
      assert.deepEqual(await connection.invoke('SendToUser', 'alice', 'ping.me', payload), { delivered: 1 });
      assert.deepEqual(await received.until('ping.me'), [payload]);
    });

    test('SendToUser, SendToGroup and Broadcast reach who is meant', async (t) => {
      const one = await connect(t, { user: 'one' });
      const two = await connect(t, { user: 'two' });
      const other = await connect(t, { tenant: 'green', user: 'one' });
      const { connection } = await connect(t, { user: 'board', role: 'publisher' });
      assert.deepEqual(await connection.invoke('SendToUser', 'one', 'ping.me', { n: 1 }), { delivered: 1 });
      assert.deepEqual(await connection.invoke('SendToGroup', 'user::two', 'ping.me', { n: 2 }), { delivered: 1 });
      assert.deepEqual(await connection.invoke('SendToUser', 'nobody', 'ping.me', {}), { delivered: 0 });
      assert.deepEqual(await connection.invoke('Broadcast', 'ping.me', 'all'), { delivered: 3 });
      assert.deepEqual(await one.received.until('ping.me', 2), [{ n: 1 }, 'all']);
      assert.deepEqual(await two.received.until('ping.me', 2), [{ n: 2 }, 'all']);
      await other.connection.invoke('Groups');
      assert.deepEqual(other.received.of('ping.me'), []);
    });

    test('StreamEvents gives history and live until it is cancelled', async (t) => {
      const { connection } = await connect(t, { role: 'viewer' });
      const start = await publish({ type: 'order.placed' });
      await publish({ type: 'order.placed', data: 'history' });
      const items = [];
      const stream = connection.stream('StreamEvents', { types: ['order.placed'], from: place(start) });
      const subscription = stream.subscribe({ next: (event) => items.push(event.data), complete() {}, error(error) { items.push(error.message); } });
      await until('history came', () => items.length === 1);
      await publish({ type: 'order.placed', data: 'live' });
      await until('live came', () => items.length === 2);
      subscription.dispose();
      await connection.invoke('Groups');
      await publish({ type: 'order.placed', data: 'after' });
      await connection.invoke('Groups');
      assert.deepEqual(items, ['history', 'live']);
    });

    test('PublishStream stores a stream of the client in its order', async (t) => {
      const { connection } = await connect(t, { role: 'publisher' });
      const viewer = await connect(t, { user: 'bob', role: 'viewer' });
      await viewer.connection.invoke('Subscribe', { types: ['order.paid'] });
      const events = new Subject();
      const answer = connection.invoke('PublishStream', events);
      for (let n = 0; n < 100; ++n) events.next({ type: 'order.paid', data: n });
      events.next({ type: 'no type' });
      events.next({ type: 'order.paid', data: 100 });
      events.complete();
      const { accepted, duplicates, rejected, sequence } = await answer;
      assert.deepEqual([accepted, duplicates, rejected.map((each) => [each.index, each.code])], [101, 0, [[100, 'invalid_event']]]);
      const stored = await viewer.received.until('order.paid', 101);
      assert.deepEqual(data(stored), Array.from({ length: 101 }, (_, n) => n));
      assert.equal(stored.at(-1).sequence, sequence);
    });

    test('a stream of the client that fails ends its call with that error, and no other', async (t) => {
      const { connection } = await connect(t, { role: 'publisher' });
      const events = new Subject();
      const answer = failure(connection.invoke('PublishStream', events));
      events.next({ type: 'order.paid' });
      events.error(new Error('out of paper'));
      assert.match(await answer, /^An unexpected error occurred invoking 'PublishStream' on the server\. HubException: .*out of paper/);
      assert.equal((await connection.invoke('Groups')).length, 2);
    });

    test('what cannot be called is refused in the words of the reference', async (t) => {
      const { connection } = await connect(t, { role: 'publisher,viewer' });
      const refused = async (...call) => failure(connection.invoke(...call));
      assert.equal(await refused('Nothing'), "Failed to invoke 'Nothing' due to an error on the server. HubException: Method does not exist.");
      assert.equal(await refused('Groups', 1), "Failed to invoke 'Groups' due to an error on the server.");
      assert.equal(await refused('Subscribe'), "Failed to invoke 'Subscribe' due to an error on the server.");
      assert.equal(await refused('StreamEvents', {}), "The client attempted to invoke the streaming 'StreamEvents' method with a non-streaming invocation.");
      assert.equal(await refused('Groups', new Subject()), 'Client sent 1 stream(s), Hub method expects 0.');
      assert.equal(await refused('PublishStream'), 'Client sent 0 stream(s), Hub method expects 1.');
      assert.match(await refused('Unsubscribe', 'x'), /^An unexpected error occurred invoking 'Unsubscribe' on the server\. HubException: not_found: /);
      const stream = async (...call) => (await within('the stream ended', streamed(connection.stream(...call)))).error;
      assert.equal(await stream('Groups'), "The client attempted to invoke the non-streaming 'Groups' method with a streaming invocation.");
      assert.equal(await stream('Nothing'), "Failed to invoke 'Nothing' due to an error on the server. HubException: Method does not exist.");
      assert.equal(await stream('StreamEvents'), "Failed to invoke 'StreamEvents' due to an error on the server.");
      assert.equal(connection.state, HubConnectionState.Connected);
    });

    test('a call that wants no answer is done, and its errors are nobody\'s', async (t) => {
      const { connection, received } = await connect(t, { role: 'publisher' });
      await connection.send('Nothing', 1);
      await connection.send('SendToUser', 'alice', 'ping.me', 'unasked');
      assert.deepEqual(await received.until('ping.me'), ['unasked']);
      assert.equal((await connection.invoke('Groups')).length, 2);
    });

    test(`${FLOOD} events arrive in order, each once`, async (t) => {
      const { connection, received } = await connect(t);
      await connection.invoke('Subscribe', { types: ['flood.made'] });
      for (let from = 0; from < FLOOD; from += 1000) {
        const json = Array.from({ length: 1000 }, (_, n) => ({ type: 'flood.made', data: { n: from + n, padding: 'x'.repeat(100) } }));
        assert.equal((await agent.api('POST', '/api/events/batch', { key: blue.key, json })).body.accepted, 1000);
      }
      await received.until('flood.made', FLOOD);
      await publish({ type: 'rate.updated' });
      await received.until('rate.updated');
      assert.deepEqual(received.of('flood.made').map((event) => event.data.n), Array.from({ length: FLOOD }, (_, n) => n));
    });

    test('who asks for a thousand answers at once gets them', async (t) => {
      const { connection } = await connect(t);
      const answers = await Promise.all(Array.from({ length: 1000 }, () => connection.invoke('Groups')));
      assert.ok(answers.every((groups) => groups.length === 2));
    });

    test('a message of 200 KiB goes both ways', async (t) => {
      const { connection, received } = await connect(t, { role: 'publisher' });
      const large = { text: 'ü'.repeat(100 << 10) };
      await connection.invoke('SendToUser', 'alice', 'ping.me', large);
      assert.deepEqual(await received.until('ping.me'), [large]);
    });

    test('a connection whose token expires comes again with a new one', async (t) => {
      let token = await agent.token('blue', 'brief', '--ttl', '2s');
      const { connection, received } = await connectHub(t, agent, '', { ...wire(), retry: [0, 50, 200, 500], options: { transport, accessTokenFactory: () => token } });
      const before = connection.connectionId;
      const again = new Promise((resolve) => { connection.onreconnected(resolve); });
      token = await agent.token('blue', 'brief');
      await within('it came again', again);
      await received.until('connected', 2);
      assert.notEqual(connection.connectionId, before);
      assert.equal((await connection.invoke('Groups')).length, 2);
    });

    test('stop() of the client ends the connection at once', async (t) => {
      const { connection } = await connect(t, { tenant: 'lone' });
      const closed = new Promise((resolve) => { connection.onclose(resolve); });
      await until('it is counted', async () => (await open(label)) === 1);
      await connection.stop();
      assert.equal(await within('onclose', closed), undefined);
      await until('it is gone', async () => (await open(label)) === 0, 3000);
    });

    test('a connection that the agent ends is told, and does not come again', async (t) => {
      const { connection } = await connect(t, { user: 'leaver', retry: [0, 100] });
      const closed = new Promise((resolve) => { connection.onclose(resolve); });
      await agent.notifyctl(['token', 'revoke', '--user', 'leaver', '--tenant', 'blue']);
      await within('it is closed', closed);
      assert.equal(connection.state, HubConnectionState.Disconnected);
    });

    for (const [how, end] of [['stops', () => mortal.stop()], ['is killed', () => mortal.kill()]]) {
      test(`a client comes again by itself after the agent ${how}, and goes on where it was`, async (t) => {
        const say = publisher(mortal, red.key);
        const { connection, received } = await connect(t, { on: mortal, tenant: 'red', retry: [0, 50, 100, 200, 400, 800, 1600, 3200] });
        await connection.invoke('Subscribe', { types: ['order.placed'] });
        await say({ type: 'order.placed', data: 1 });
        const [last] = await received.until('order.placed');
        const again = new Promise((resolve) => { connection.onreconnected(resolve); });
        await end();
        await mortal.launch();
        await say({ type: 'order.placed', data: 2 });
        await within('it came again', again);
        await connection.invoke('Subscribe', { types: ['order.placed'], from: place(last) });
        await say({ type: 'order.placed', data: 3 });
        assert.deepEqual(data(await received.until('order.placed', 3)), [1, 2, 3]);
      });
    }
  });
}

test('without a word about it the client takes WebSockets', async (t) => {
  await connectHub(t, agent, await agent.token('lone', 'alice'));
  await until('it is a WebSocket', async () => (await open('websockets')) === 1);
});

test('a publisher whose token may not stand in a query goes on to long polling', async (t) => {
  const transport = HttpTransportType.ServerSentEvents | HttpTransportType.LongPolling;
  const { connection } = await connectHub(t, agent, await agent.token('lone', 'shop', '--role', 'publisher'), { options: { transport } });
  assert.equal((await connection.invoke('Groups')).length, 2);
  assert.equal(await open('longpolling'), 1);
});

for (const [name, protocol] of [['json', () => undefined], ['messagepack', () => new MessagePackHubProtocol()]]) {
  test(`over compressed WebSockets all arrives as it does without, ${name}`, async (t) => {
    const dense = await Agent.start(t, { config: 'hub: {compression: true}\n' });
    const { key } = await dense.tenant('blue');
    const { connection, received } = await connectHub(t, dense, await dense.token('blue', 'alice', '--role', 'publisher,viewer'), { methods, protocol: protocol() });
    await connection.invoke('Subscribe', { types: ['flood.made'] });
    const json = Array.from({ length: 2000 }, (_, n) => ({ type: 'flood.made', data: { n, text: n % 3 ? 'x'.repeat(n) : TEXTS } }));
    assert.equal((await dense.api('POST', '/api/events/batch', { key, json })).body.accepted, 2000);
    assert.deepEqual(data(await received.until('flood.made', 2000)), json.map((event) => event.data));
    const payload = { text: 'ü'.repeat(50_000) };
    await connection.invoke('SendToUser', 'alice', 'ping.me', payload);
    assert.deepEqual(await received.until('ping.me'), [payload]);
  });
}
