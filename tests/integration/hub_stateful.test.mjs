// Stateful reconnect with the stock client: a network that breaks its WebSocket goes unnoticed.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { HubConnectionState, Subject } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';

import { Agent } from './support/agent.mjs';
import { until, within } from './support/expect.mjs';
import { connectHub } from './support/hub.mjs';
import { Proxy } from './support/proxy.mjs';
import { CLOSE, closing, frame } from './support/websocket.mjs';

const agent = await Agent.start({ after }, { config: 'hub: {stateful_bytes: 4MiB, keep_alive: 2s, compression: true}\n' });
const blue = await agent.tenant('blue');
const methods = ['order.placed', 'order.paid', 'ping.me'];
const RETRY = [0, 50, 100, 200, 500, 1000];
const count = (n, from = 0) => Array.from({ length: n }, (_, i) => from + i);
const data = (events) => events.map((event) => event.data);
const publishTo = async (on, key, events) => {
  const { status, text } = await on.api('POST', '/api/events/batch', { key, json: events });
  assert.equal(status, 200, text);
};
const publish = (...events) => publishTo(agent, blue.key, events);
const placed = (from, n, padding = '') => publish(...count(n, from).map((data) => ({ type: 'order.placed', data, subject: padding || undefined })));

/** A stateful connection through a proxy of its own, subscribed to everything. */
async function connect(t, { on = agent, tenant = 'blue', user = 'alice', role = 'publisher,viewer', ttl = '1h', ...rest } = {}) {
  const proxy = await Proxy.start(t, on);
  const token = await on.token(tenant, user, '--role', role, '--ttl', ttl);
  const hub = await connectHub(t, on, token, { methods, stateful: true, url: proxy.url, retry: RETRY, ...rest });
  const { connection } = hub;
  const seen = { reconnecting: 0, reconnected: 0, closed: 0 };
  connection.onreconnecting(() => { seen.reconnecting += 1; });
  connection.onreconnected(() => { seen.reconnected += 1; });
  connection.onclose(() => { seen.closed += 1; });
  const first = connection.connectionId;
  await connection.invoke('Subscribe', { types: ['order.*'] });
  return {
    ...hub, proxy, seen, first,
    /** Nothing was noticed of `sockets` WebSockets, one after another. */
    steady(sockets) {
      assert.deepEqual(seen, { reconnecting: 0, reconnected: 0, closed: 0 });
      assert.deepEqual([connection.connectionId, connection.state, hub.received.of('connected').length], [first, HubConnectionState.Connected, 1]);
      assert.equal(proxy.upgrades, sockets);
    },
    /** What was published from 0 to n arrived in order, each once. */
    async got(n) {
      await hub.received.until('order.placed', n);
      await connection.invoke('Groups');
      assert.deepEqual(data(hub.received.of('order.placed')), count(n));
    },
    /** It is lost, and has come back by its `sockets`th WebSocket: the client tries once only, and may not fail at that. */
    async cut(sockets, options) {
      proxy.cut(options);
      await until('it is back', () => proxy.upgrades === sockets && proxy.webSockets.length === 1);
      await within('it answers', connection.invoke('Groups'));
    },
    /** All WebSockets are lost, and the client tries in vain until proxy.resume(). */
    async lose(options) {
      proxy.pause();
      proxy.cut(options);
      await until('it is lost', () => proxy.webSockets.length === 0);
    },
  };
}

for (const [name, protocol] of [['json', () => undefined], ['messagepack', () => new MessagePackHubProtocol()]]) {
  describe(name, () => {
    const open = (t, options) => connect(t, { protocol: protocol(), ...options });

    for (const [how, options] of [['ends', {}], ['is reset', { reset: true }]]) {
      test(`what both sides say while the socket ${how} arrives once and in order`, async (t) => {
        const hub = await open(t);
        await placed(0, 5);
        await hub.received.until('order.placed', 5);
        await hub.lose(options);
        await placed(5, 50);
        const calls = count(20).map((n) => hub.connection.invoke('Publish', { type: 'order.paid', data: n }));
        await wait(300);
        await placed(55, 5);
        hub.proxy.resume();
        const answers = await within('the calls are answered', Promise.all(calls));
        assert.ok(answers.every((answer) => answer.duplicate === false));
        assert.equal(new Set(answers.map((answer) => answer.id)).size, 20);
        await hub.got(60);
        assert.deepEqual(data(await hub.received.until('order.paid', 20)), count(20));
        assert.equal(hub.received.of('order.paid').length, 20);
        hub.steady(2);
      });
    }

    test('one loss after another goes unnoticed', async (t) => {
      const hub = await open(t);
      for (let round = 0; round < 10; ++round) {
        const call = hub.connection.invoke('Publish', { type: 'order.paid', data: round });
        if (round % 2 === 0) await call;
        const cut = hub.cut(round + 2, { reset: round % 3 === 0 });
        await placed(round * 3, 3);
        await within('the call is answered', call);
        await cut;
      }
      await hub.got(30);
      assert.deepEqual(data(await hub.received.until('order.paid', 10)), count(10));
      hub.steady(11);
    });

    test('5,000 events arrive in order, each once, over four losses in the middle', async (t) => {
      const hub = await open(t);
      const sent = (async () => { for (let from = 0; from < 5000; from += 500) await placed(from, 500, 'x'.repeat(200)); })();
      for (const [n, at] of [100, 1200, 2500, 4000].entries()) {
        await hub.received.until('order.placed', at);
        await hub.cut(n + 2, { reset: n % 2 === 0 });
      }
      await sent;
      await hub.got(5000);
      hub.steady(5);
    });

    test('1,000 calls of the client are each done once over losses in the middle', async (t) => {
      const hub = await open(t);
      const calls = count(1000).map((n) => hub.connection.invoke('Publish', { type: 'order.placed', data: n }));
      for (const [n, at] of [1, 300, 600].entries()) {
        await hub.received.until('order.placed', at);
        await hub.cut(n + 2, { reset: n % 2 === 0 });
      }
      assert.ok((await within('all are answered', Promise.all(calls))).every((answer) => !answer.duplicate));
      await hub.got(1000);
      hub.steady(4);
    });

    test('an upload and a stream go on over losses', async (t) => {
      const hub = await open(t);
      const items = [];
      const stream = hub.connection.stream('StreamEvents', { types: ['order.paid'] }).subscribe({ next: (event) => items.push(event.data), error: (error) => items.push(error.message), complete() {} });
      const upload = new Subject();
      const answer = hub.connection.invoke('PublishStream', upload);
      for (let n = 0; n < 100; ++n) {
        upload.next({ type: 'order.paid', data: n });
        if (n % 40 === 20) {
          await until('it flows', () => items.length > n - 20);
          await hub.cut(2 + Math.floor(n / 40));
        }
      }
      upload.complete();
      assert.equal((await within('the upload ends', answer)).accepted, 100);
      await until('all came', () => items.length >= 100);
      assert.deepEqual(items, count(100));
      stream.dispose();
      hub.steady(3);
    });

    test('a socket that the agent still takes for open gives way, and its late close ends nothing', async (t) => {
      const hub = await open(t);
      const [old] = hub.proxy.orphan();
      await placed(0, 10);
      await within('a call is answered', hub.connection.invoke('Groups'));
      await hub.got(10);
      hub.steady(2);
      old.release(frame(CLOSE, closing(1000)));
      await wait(200);
      await placed(10, 1);
      await hub.got(11);
      hub.steady(2);
    });

    test('a network that cuts everything into three bytes, late, changes nothing', async (t) => {
      const hub = await open(t);
      hub.proxy.pieces = 3;
      hub.proxy.delay = 5;
      await placed(0, 20);
      await hub.received.until('order.placed', 5);
      hub.proxy.cut();
      await within('a call is answered', hub.connection.invoke('Groups'));
      await hub.got(20);
      hub.steady(2);
    });
  });
}

test('what the client has not acknowledged waits in the log, and nothing of it is lost', async (t) => {
  const small = await Agent.start(t, { config: 'hub: {stateful_bytes: 32KiB}\n' });
  const red = await small.tenant('red');
  const hub = await connect(t, { on: small, tenant: 'red' });
  await publishTo(small, red.key, count(300).map((n) => ({ type: 'order.placed', data: n, subject: 'x'.repeat(100) })));
  await hub.received.until('order.placed', 20);
  hub.proxy.cut();
  await within('calls are answered meanwhile', hub.connection.invoke('Groups'));
  await hub.got(300);
  hub.steady(2);
});

test('who comes back too late comes again by itself, as a new connection', async (t) => {
  const brief = await Agent.start(t, { config: 'hub: {disconnect_timeout: 1s}\n' });
  const red = await brief.tenant('red');
  const hub = await connect(t, { on: brief, tenant: 'red' });
  await hub.lose();
  await wait(2500);
  hub.proxy.resume();
  await hub.received.until('connected', 2);
  await until('it is back', () => hub.seen.reconnected === 1);
  assert.deepEqual([hub.seen.reconnecting, hub.seen.closed], [1, 0]);
  assert.notEqual(hub.connection.connectionId, hub.first);
  await hub.connection.invoke('Subscribe', { types: ['order.placed'] });
  await publishTo(brief, red.key, [{ type: 'order.placed', data: 0 }]);
  await hub.got(1);
});

test('without it in the configuration a loss is a new connection', async (t) => {
  const plain = await Agent.start(t, { config: 'hub: {stateful_reconnect: false}\n' });
  await plain.tenant('red');
  const hub = await connect(t, { on: plain, tenant: 'red' });
  hub.proxy.cut();
  await until('it is back', () => hub.seen.reconnected === 1);
  assert.notEqual(hub.connection.connectionId, hub.first);
});

test('a Close of the agent is the end, also for the token', async (t) => {
  const hub = await connect(t, { user: 'leaver' });
  await agent.notifyctl(['token', 'revoke', '--user', 'leaver', '--tenant', 'blue']);
  await until('it is closed', () => hub.seen.closed === 1);
  assert.deepEqual([hub.seen.reconnected, hub.connection.state], [0, HubConnectionState.Disconnected]);
});

test('a connection whose token expires comes again as a new one', async (t) => {
  let token = await agent.token('blue', 'alice', '--role', 'viewer', '--ttl', '2s');
  const hub = await connect(t, { options: { accessTokenFactory: () => token } });
  token = await agent.token('blue', 'alice', '--role', 'viewer');
  await until('it is back', () => hub.seen.reconnected === 1);
  assert.notEqual(hub.connection.connectionId, hub.first);
});

test('a restart of the agent is a new connection', async (t) => {
  const mortal = await Agent.start(t, { config: 'hub: {drain_window: 0s}\n' });
  await mortal.tenant('red');
  const hub = await connect(t, { on: mortal, tenant: 'red' });
  await mortal.kill();
  await mortal.launch();
  await until('it is back', () => hub.seen.reconnected === 1);
  assert.notEqual(hub.connection.connectionId, hub.first);
});

test('stop() of the client leaves nothing', async (t) => {
  await agent.tenant('green');
  const open = async () => /^notify_connections\{[^}]*tenant="green"[^}]*\} (\d+)/m.exec((await agent.api('GET', '/metrics')).text)?.[1];
  const hub = await connect(t, { tenant: 'green' });
  await until('it is counted', async () => (await open()) === '1');
  await hub.connection.stop();
  await until('it is gone', async () => (await open()) === '0', 3000);
});
