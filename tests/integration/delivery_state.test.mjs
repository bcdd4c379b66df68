// Where the deliveries of a notification stand, message by message: attempts, times, results, over a restart.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { Agent } from './support/agent.mjs';
import { refused, until } from './support/expect.mjs';
import { serve } from './support/upstream.mjs';

const SECRET = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`;
const agent = await Agent.start({ after }, { config: 'channels: {webhook: {allow_private_networks: true}}\n' });
const blue = await agent.tenant('blue');
await agent.tenant('green');
const viewer = (await agent.json(['key', 'create', '--tenant', 'blue', '--role', 'viewer'])).key;
const publisher = (await agent.json(['key', 'create', '--tenant', 'blue', '--role', 'publisher'])).key;
const api = (method, path, json, options) => agent.api(method, path, { key: blue.key, json, ...options });
const get = (path, key = viewer) => agent.api('GET', `/api/delivery/status${path}`, { key });
const cli = (...args) => agent.json(['delivery', ...args, '--tenant', 'blue']);

const files = { 'in_app.yaml.hbs': 'title: "Order"\nbody: "{{data.n}}"\n', 'webhook.json.hbs': '{"n": {{json data.n}} }' };
assert.equal((await api('POST', '/api/templates', { id: 'order', name: 'Order', files })).status, 201);
const put = async (id, rule) =>
  assert.equal((await api('PUT', `/api/triggers/${id}`, { template: 'order', ...rule })).status, 200);
const publish = async (type, more = {}) => (await api('POST', '/api/events/publish', { type, data: { n: 1 }, ...more })).body;
const position = ({ epoch, sequence }) => `${epoch}-${sequence}`;
const ofEvent = (event, holds = () => true) => until('its delivery is there', async () => {
  const { items } = await cli('list', '--event', position(event));
  return items.length > 0 && holds(items[0]) && items[0];
}, 60_000);

test('every attempt is told with its time and result, and when the next one is, over kill -9 too', { timeout: 100_000 }, async (t) => {
  let status = 503;
  const hook = await serve(t, (request, response) => response.writeHead(status).end());
  await put('hook', { on: 'order.hooked', channels: ['webhook'], audience: { webhook: { url: `${hook.url}/T01/s3cret`, secret: SECRET } } });
  const event = await publish('order.hooked');
  const waiting = await ofEvent(event, (each) => each.attempts === 1);
  assert.deepEqual([waiting.status, waiting.channel, waiting.templateId, waiting.rule], ['PENDING', 'WEBHOOK', 'order', 'hook']);
  assert.ok(Date.parse(waiting.nextAttemptAt) > Date.parse(waiting.updatedAt));
  assert.ok(!JSON.stringify(waiting).includes('s3cret'), 'the recipient is masked');
  await agent.kill();
  status = 200;
  await agent.launch();
  const shown = await until('it is delivered', async () => {
    const each = await cli('get', waiting.id);
    return each.status === 'DELIVERED' && each;
  }, 60_000);
  assert.deepEqual(shown.history.map(({ attempt, result, code }) => [attempt, result, code]),
    [[1, 'FAILED', 'upstream_unreachable'], [2, 'DELIVERED', null]]);
  assert.ok(Date.parse(shown.history[0].at) < Date.parse(shown.history[1].at));
  assert.ok(shown.history.every(({ tookMs, detail }) => tookMs >= 0 && detail.length > 0));
  assert.deepEqual([shown.retryCount, shown.nextAttemptAt, shown.failureReason], [1, null, null]);
  assert.equal(shown.deliveredAt, shown.updatedAt);
  assert.equal((await cli('get', shown.notification)).id, shown.id, 'by its notification too');
  const { stdout } = await agent.notifyctl(['delivery', 'get', shown.id, '--tenant', 'blue']);
  assert.match(stdout, /DELIVERED[\s\S]*ATTEMPT[\s\S]*upstream_unreachable/);
});

test('one that was given up says why, and a retry by hand is another round', { timeout: 60_000 }, async (t) => {
  let status = 410;
  const hook = await serve(t, (request, response) => response.writeHead(status).end());
  await put('gone', { on: 'order.gone', channels: ['webhook'], audience: { webhook: { url: hook.url, secret: SECRET } } });
  const failed = await ofEvent(await publish('order.gone'), (each) => each.status === 'FAILED');
  assert.ok(failed.failureReason.length > 0);
  assert.deepEqual([failed.deliveredAt, failed.nextAttemptAt], [null, null]);
  assert.deepEqual((await cli('list', '--status', 'failed')).items.map(({ id }) => id), [failed.id]);
  status = 204;
  await until('it can be retried', async () => (await agent.notifyctl(['dlq', 'retry', failed.id, '--tenant', 'blue'], { expect: null })).code === 0);
  const again = await until('it arrives', async () => {
    const each = await cli('get', failed.id);
    return each.status === 'DELIVERED' && each;
  });
  assert.deepEqual(again.history.map(({ round, attempt, result }) => [round, attempt, result]), [[0, 1, 'FAILED'], [1, 1, 'DELIVERED']]);
});

test('a recipient is masked until somebody reveals it, which is audited', async () => {
  await put('person', { on: 'order.person', channels: ['in_app'], audience: { user: 'alice' } });
  const { id, recipient, userId } = await ofEvent(await publish('order.person', { userid: 'alice' }), (each) => each.status !== 'PENDING');
  assert.deepEqual([recipient, userId], ['user:a***', 'a***']);
  const revealed = await cli('get', id, '--reveal');
  assert.deepEqual([revealed.recipient, revealed.userId], ['user:alice', 'alice']);
  await until('it is audited', async () => (await agent.json(['audit', 'list', '--tenant', 'blue', '--action', 'delivery.reveal'])).items
    .some(({ target, result }) => target === `delivery:${id}` && result === 'granted'));
});

test('a subscriber asks for what goes to itself, and nothing else is there', async () => {
  const [alice, bob] = [await agent.token('blue', 'alice'), await agent.token('blue', 'bob')];
  await put('two', { on: 'order.two', channels: ['in_app'], audience: { user: 'alice' } });
  const { id } = await ofEvent(await publish('order.two'), (each) => each.status !== 'PENDING');
  const own = await get(`/${id}`, alice);
  assert.deepEqual([own.status, own.body.recipient], [200, 'user:alice'], own.text);
  assert.ok((await get('?limit=100', alice)).body.items.every(({ recipient }) => recipient === 'user:alice'));
  refused(await get(`/${id}`, bob), 404, 'not_found');
  assert.deepEqual((await get('', bob)).body, { items: [], next: null });
  assert.deepEqual((await get('?user=alice', bob)).body.items, []);
  refused(await get(`/${id}`, publisher), 403, 'forbidden');
  const green = await agent.token('green', 'alice');
  refused(await get(`/${id}`, green), 404, 'not_found');
});

test('a list is newest first, paged and filtered', async () => {
  await put('many', { on: 'order.many', channels: ['in_app'], audience: { user: 'mia' } });
  const events = [];
  for (let n = 0; n < 5; ++n) events.push(await publish('order.many'));
  await ofEvent(events.at(-1));
  const all = (await get('?user=mia&limit=100')).body.items;
  const made = all.map(({ createdAt }) => createdAt);
  assert.deepEqual(made, made.toSorted().toReversed());
  assert.deepEqual(new Set(all.map(({ event }) => event.sequence)), new Set(events.map(({ sequence }) => sequence)));
  const paged = [];
  for (let next = ''; next !== null;) {
    const { body } = await get(`?user=mia&limit=2${next && `&cursor=${encodeURIComponent(next)}`}`);
    paged.push(...body.items);
    next = body.next;
  }
  assert.deepEqual(paged.map(({ id }) => id), all.map(({ id }) => id));
  assert.deepEqual((await cli('list', '--notification', all[0].notification)).items.map(({ id }) => id), [all[0].id]);
  assert.ok((await cli('list', '--channel', 'in_app', '--user', 'mia')).items.length === 5);
  assert.deepEqual((await get('?user=mia&channel=WEBHOOK')).body.items, []);
  for (const query of ['?status=LOST', '?event=x', '?reveal=maybe', '?cursor=x', '?limit=0']) {
    refused(await get(query), 400, 'invalid_argument');
  }
});
