// Durable consumers: what is fetched comes until it is acknowledged or a dead letter, over kill -9 too.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { Agent } from './support/agent.mjs';
import { refused, until, within } from './support/expect.mjs';
import { serve } from './support/upstream.mjs';

const agent = await Agent.start({ after }, { config: 'channels: {webhook: {allow_private_networks: true, attempts: 1}}\n' });
const blue = await agent.tenant('blue');
const api = (method, path, json, options) => agent.api(method, path, { key: blue.key, json, ...options });
const publish = async (type, data = {}) => (await api('POST', '/api/events/publish', { type, data })).body;
const create = async (name, more = {}) => {
  const answer = await api('POST', '/api/consumers', { name, ...more });
  assert.equal(answer.status, 201, answer.text);
  return answer.body;
};
const fetchFrom = async (name, json = {}) => {
  const answer = await api('POST', `/api/consumers/${name}/fetch`, json);
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
};
const ack = async (name, position) => {
  const answer = await api('POST', `/api/consumers/${name}/ack`, { position });
  assert.equal(answer.status, 200, answer.text);
  return answer.body.position;
};
const numbers = ({ items }) => items.map((each) => each.data.n);

test('a consumer gives the events that it asks for, in order, until they are acknowledged', async () => {
  await create('orders', { types: ['order.*'] });
  for (let n = 1; n <= 3; ++n) {
    await publish('order.made', { n });
    await publish('other.made', { n });
  }
  const fetched = await fetchFrom('orders', { max: 10 });
  assert.deepEqual(numbers(fetched), [1, 2, 3]);
  assert.ok(fetched.items.every((each) => each.type === 'order.made' && !('redelivered' in each)));
  await ack('orders', fetched.position);
  assert.deepEqual((await fetchFrom('orders')).items, []);
  const { body } = await api('GET', '/api/consumers/orders');
  assert.deepEqual([body.name, body.types, body.inFlight, body.lag], ['orders', ['order.*'], 0, 0]);
});

test('a fetch that waits is woken by the next event', async () => {
  await create('waiting', { types: ['wake.*'] });
  const waiting = fetchFrom('waiting', { waitMs: 20_000 });
  await wait(200);
  const begun = Date.now();
  await publish('wake.up', { n: 7 });
  assert.deepEqual(numbers(await within('it is woken', waiting)), [7]);
  assert.ok(Date.now() - begun < 2000);
});

// A request that is sent and whose connection is then cut, as by a killed program.
const hangUp = async (name, json, after) => {
  const { hostname, port } = new URL(agent.url);
  const body = JSON.stringify(json);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write(`POST /api/consumers/${name}/fetch HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${blue.key}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  await wait(after);
  socket.destroy();
};

test('what a caller did not get because it went away comes to the next one at once', async () => {
  await create('gone', { types: ['gone.*'] });
  await hangUp('gone', { waitMs: 20_000 }, 200);
  await wait(100);
  await publish('gone.made', { n: 1 });
  const begun = Date.now();
  const next = await fetchFrom('gone', { waitMs: 10_000 });
  // Nobody had it, so it is not marked.
  assert.deepEqual([numbers(next), 'redelivered' in next.items[0]], [[1], false]);
  assert.ok(Date.now() - begun < 2000);
});

test('a killed tail leaves nothing behind that it did not print', async (t) => {
  await create('killed', { types: ['killed.*'] });
  const tail = agent.follow(t, ['consumer', 'tail', 'killed', '--tenant', 'blue', '-o', 'ndjson']);
  await publish('killed.made', { n: 1 });
  await tail.atLeast(1);
  await until('it is acknowledged', async () => (await api('GET', '/api/consumers/killed')).body.lag === 0);
  await tail.end('SIGKILL');
  await wait(100);
  await publish('killed.made', { n: 2 });
  assert.deepEqual(numbers(await within('it is there', fetchFrom('killed', { waitMs: 10_000 }))), [2]);
});

test('what is not acknowledged in time comes again, marked, from the first on', async () => {
  await create('slow', { types: ['slow.*'], ackTimeout: '1s' });
  for (let n = 1; n <= 3; ++n) await publish('slow.made', { n });
  const first = await fetchFrom('slow');
  await ack('slow', { epoch: first.items[0].epoch, sequence: first.items[0].sequence });
  const again = await fetchFrom('slow', { waitMs: 10_000 });
  assert.deepEqual([numbers(again), again.items[0].redelivered], [[2], true]);
  await ack('slow', first.position);
});

test('a refused event becomes a dead letter after its attempts; it can be shown, retried and purged', async () => {
  await create('poison', { types: ['poison.*'], maxAttempts: 2 });
  for (let n = 1; n <= 2; ++n) await publish('poison.made', { n });
  const at = ({ epoch, sequence }) => ({ epoch, sequence });
  const nack = async (event) => (await api('POST', '/api/consumers/poison/nack', { position: at(event) })).body;
  const [bad] = (await fetchFrom('poison')).items;
  assert.deepEqual(await nack(bad), { position: { epoch: bad.epoch, sequence: bad.sequence - 1 }, redelivered: true, deadLettered: false });
  const [again] = (await fetchFrom('poison', { waitMs: 10_000 })).items;
  assert.equal(again.id, bad.id);
  assert.equal((await nack(again)).deadLettered, true);
  assert.deepEqual(numbers(await fetchFrom('poison', { waitMs: 10_000 })), [2]);

  const { items: [letter] } = (await api('GET', '/api/dlq?consumer=poison')).body;
  assert.deepEqual([letter.kind, letter.consumer, letter.attempts, letter.state, letter.event], ['consumer', 'poison', 2, 'DEAD', at(bad)]);
  const shown = (await api('GET', `/api/dlq/${letter.id}`)).body;
  assert.deepEqual([shown.envelope.id, shown.envelope.data], [bad.id, { n: 1 }]);

  assert.equal((await api('POST', `/api/dlq/${letter.id}/retry`)).status, 200);
  const redriven = await fetchFrom('poison', { waitMs: 10_000 });
  assert.deepEqual([numbers(redriven), redriven.items[0].redelivered], [[1], true]);
  await ack('poison', redriven.position);
  assert.deepEqual((await api('GET', '/api/dlq?consumer=poison')).body.items, []);
  refused(await api('GET', `/api/dlq/${letter.id}`), 404, 'not_found');
});

test('a delivery that failed for good is in the same list, and goes out again when retried', async (t) => {
  let status = 500;
  const hook = await serve(t, (request, response) => response.writeHead(status).end());
  const template = { id: 'dead', files: { 'webhook.json.hbs': '{"n": {{json data.n}} }' } };
  assert.equal((await api('POST', '/api/templates', template)).status, 201);
  const secret = `whsec_${Buffer.alloc(32, 'k').toString('base64')}`;
  const rule = { on: 'dead.made', template: 'dead', channels: ['webhook'], audience: { webhook: { url: hook.url, secret } } };
  assert.equal((await api('PUT', '/api/triggers/dead', rule)).status, 200);
  await publish('dead.made', { n: 1 });
  const letter = await until('it failed', async () => (await api('GET', '/api/dlq?kind=delivery')).body.items[0]);
  assert.deepEqual([letter.kind, letter.channel, letter.attempts], ['delivery', 'webhook', 1]);
  status = 204;
  await until('it can be retried', async () => (await api('POST', `/api/dlq/${letter.id}/retry`)).status === 200);
  await until('it is delivered', async () => (await api('GET', `/api/delivery/status/${letter.id}`)).body.state === 'DELIVERED');
  assert.deepEqual((await api('GET', '/api/dlq?kind=delivery')).body.items, []);
  const told = async () => (await api('GET', '/api/events?type=notification.delivered')).body.items.some((each) => each.data.delivery === letter.id);
  await until('the log tells the second end too', told);
});

test('what cannot be is refused with a reason', async () => {
  refused(await api('POST', '/api/consumers', { name: 'a/b' }), 400, 'invalid_argument');
  refused(await api('POST', '/api/consumers', { name: 'x', maxInFlight: 0 }), 400, 'invalid_argument');
  refused(await api('POST', '/api/consumers/none/fetch', {}), 404, 'not_found');
  await create('strict');
  refused(await api('POST', '/api/consumers', { name: 'strict' }), 409, 'conflict');
  refused(await api('POST', '/api/consumers/strict/fetch', { max: 0 }), 400, 'invalid_argument');
  refused(await api('POST', '/api/consumers/strict/fetch', { waitMs: 60_000 }), 400, 'invalid_argument');
  refused(await api('POST', '/api/consumers/strict/ack', {}), 400, 'invalid_argument');
  refused(await api('POST', '/api/consumers/strict/ack', { position: { epoch: 1, sequence: 1 } }), 410, 'gap');
  refused(await api('POST', '/api/consumers/strict/ack', { position: 1_000_000 }), 400, 'invalid_argument');
  refused(await api('GET', '/api/dlq?kind=other'), 400, 'invalid_argument');
});

test('reading is for viewers, making consumers for administrators, and each tenant has its own', async () => {
  const { key: viewer } = await agent.json(['key', 'create', '--tenant', 'blue', '--role', 'viewer']);
  const { key: publisher } = await agent.json(['key', 'create', '--tenant', 'blue', '--role', 'publisher']);
  await create('roles');
  assert.equal((await api('POST', '/api/consumers/roles/fetch', {}, { key: viewer })).status, 200);
  refused(await api('POST', '/api/consumers', { name: 'mine' }, { key: viewer }), 403, 'forbidden');
  refused(await api('POST', '/api/consumers/roles/fetch', {}, { key: publisher }), 403, 'forbidden');
  refused(await api('DELETE', '/api/consumers/roles', undefined, { key: viewer }), 403, 'forbidden');
  const green = await agent.tenant('green');
  refused(await api('POST', '/api/consumers/roles/fetch', {}, { key: green.key }), 404, 'not_found');
});

test('the command line creates, follows, acknowledges and removes', async (t) => {
  const made = await agent.json(['consumer', 'create', 'cli', '--tenant', 'blue', '--type', 'cli.*', '--max-attempts', '1']);
  assert.deepEqual([made.name, made.types], ['cli', ['cli.*']]);
  await agent.notifyctl(['consumer', 'create', 'cli', '--tenant', 'blue', '--if-not-exists']);
  const tail = agent.follow(t, ['consumer', 'tail', 'cli', '--tenant', 'blue', '-o', 'ndjson']);
  await publish('cli.made', { n: 1 });
  const [line] = await tail.atLeast(1);
  assert.deepEqual(JSON.parse(line).data, { n: 1 });
  const acknowledged = async () => (await agent.json(['consumer', 'get', 'cli', '--tenant', 'blue'])).inFlight === 0;
  await until('it is acknowledged', acknowledged);
  await tail.end();
  await agent.notifyctl(['consumer', 'delete', 'cli', '--tenant', 'blue'], { expect: 2 });
  await agent.notifyctl(['consumer', 'delete', 'cli', '--tenant', 'blue', '--yes']);
  await agent.notifyctl(['consumer', 'get', 'cli', '--tenant', 'blue'], { expect: 3 });
});

test('the command line refuses, shows dead letters and gives them back', async () => {
  await agent.notifyctl(['consumer', 'create', 'dlq', '--tenant', 'blue', '--type', 'dlq.*', '--max-attempts', '1']);
  await publish('dlq.made', { n: 2 });
  const { items: [bad] } = await agent.json(['consumer', 'fetch', 'dlq', '--tenant', 'blue', '--wait', '5s']);
  assert.equal((await agent.json(['consumer', 'nack', 'dlq', `${bad.epoch}-${bad.sequence}`, '--tenant', 'blue'])).deadLettered, true);
  const { items: [letter] } = await agent.json(['dlq', 'list', '--tenant', 'blue', '--consumer', 'dlq']);
  assert.equal((await agent.json(['dlq', 'show', letter.id, '--tenant', 'blue'])).envelope.id, bad.id);
  assert.equal((await agent.json(['dlq', 'retry', '--all', '--consumer', 'dlq', '--tenant', 'blue', '--yes'])).retried, 1);
  await agent.notifyctl(['consumer', 'fetch', 'dlq', '--tenant', 'blue', '--ack', '--wait', '5s']);
  assert.deepEqual((await agent.json(['dlq', 'list', '--tenant', 'blue', '--consumer', 'dlq'])).items, []);
});

// One reader works while the agent is killed again and again; what it acknowledged does not come
// back, and in the end it has seen everything.
test('kill -9 in the middle loses no event and no position', { timeout: 120_000 }, async (t) => {
  const own = await Agent.start(t);
  const red = await own.tenant('red');
  const call = (method, path, json) => own.api(method, path, { key: red.key, json });
  const persist = async (method, path, json) => {
    for (;;) {
      const answer = await call(method, path, json).catch(() => null);
      if (answer && answer.status < 300) return answer.body;
      if (answer && answer.status !== 503) assert.fail(answer.text);
      await wait(10);
    }
  };
  await persist('POST', '/api/consumers', { name: 'c', types: ['kill.*'], ackTimeout: '2s' });
  const TOTAL = 400;
  const seen = new Map();
  let acknowledged = 0;
  const publishing = (async () => {
    for (let n = 1; n <= TOTAL; ++n) await persist('POST', '/api/events/publish', { id: `kill-${n}`, type: 'kill.made', data: { n } });
  })();
  const reading = (async () => {
    while (acknowledged < TOTAL) {
      const fetched = await persist('POST', '/api/consumers/c/fetch', { max: 20, waitMs: 1000 });
      let last = 0;
      for (const event of fetched.items) {
        const { n } = event.data;
        assert.ok(n > acknowledged, `${n} came again, although ${acknowledged} is acknowledged`);
        assert.ok(n > last, 'in order');
        last = n;
        seen.set(n, (seen.get(n) ?? 0) + 1);
      }
      if (fetched.items.length === 0) continue;
      await persist('POST', '/api/consumers/c/ack', { position: fetched.position });
      acknowledged = Math.max(acknowledged, last);
    }
  })();
  let working = true;
  const done = Promise.all([publishing, reading]).finally(() => { working = false; });
  done.catch(() => {});
  for (let kills = 0; working && kills < 8; ++kills) {
    await wait(150 + (kills * 97) % 400);
    await own.kill();
    await own.launch();
  }
  await done;
  assert.equal(seen.size, TOTAL);
  assert.deepEqual((await call('GET', '/api/dlq')).body.items, []);
});
