// From an event to a notification: rules, templates, channels, and what came of it.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, test } from 'node:test';

import { Agent } from './support/agent.mjs';
import { refused, until } from './support/expect.mjs';
import { connectHub } from './support/hub.mjs';
import { serve } from './support/upstream.mjs';

const SECRET = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`;
const agent = await Agent.start({ after }, { config: 'channels: {webhook: {allow_private_networks: true}}\n' });
const blue = await agent.tenant('blue');
const api = (method, path, json, options) => agent.api(method, path, { key: blue.key, json, ...options });

const template = {
  id: 'order', name: 'Order',
  files: {
    'in_app.yaml.hbs': 'title: "Order {{data.order}}"\nbody: "{{data.total}} for {{default user.id "all"}}"\n',
    'webhook.json.hbs': '{"title": "Order {{data.order}}", "total": {{json data.total}} }',
    'log.txt.hbs': 'order {{data.order}} of {{tenant.id}}',
  },
};
assert.equal((await api('POST', '/api/templates', template)).status, 201);

const put = async (id, rule) => {
  const answer = await api('PUT', `/api/triggers/${id}`, { template: 'order', channels: ['in_app'], ...rule });
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
};
const publish = async (type, data, more = {}) => (await api('POST', '/api/events/publish', { type, data, ...more })).body;
const outcomeOf = (event, holds, ms) => until('the outcome is there', async () => {
  const { body } = await api('GET', `/api/events/${event.id}?outcome=true`);
  return holds(body.outcome) && body.outcome;
}, ms);
const done = (outcome) => outcome.deliveries.length > 0 && outcome.deliveries.every((each) => ['delivered', 'failed'].includes(each.state.toLowerCase()));
const order = (n) => ({ order: n, total: n * 1.5 });

test('a rule makes a notification of an event, and the template its words', async (t) => {
  await put('for-alice', { on: 'order.alice', audience: { userFrom: '/userid' } });
  const alice = await connectHub(t, agent, await agent.token('blue', 'alice'), { methods: ['notification'] });
  const bob = await connectHub(t, agent, await agent.token('blue', 'bob'), { methods: ['notification'] });
  const { id } = await publish('order.alice', order(1), { userid: 'alice' });
  const [notification] = await alice.received.until('notification');
  assert.deepEqual([notification.title, notification.body, notification.channel, notification.rule, notification.template], ['Order 1', '1.5 for alice', 'in_app', 'for-alice', 'order']);
  assert.equal(notification.event.id ?? notification.event, id);
  assert.deepEqual(bob.received.of('notification'), []);
});

test('conditions decide, and the outcome says which rules matched and why others did not', async () => {
  await put('large', { on: 'order.sized', when: [{ pointer: '/data/total', op: 'ge', value: 100 }], channels: ['log'], audience: { tenant: true } });
  await put('all', { on: 'order.sized', channels: ['log'], audience: { tenant: true } });
  await put('off', { on: 'order.sized', channels: ['log'], audience: { tenant: true }, enabled: false });
  const { rules, deliveries } = await outcomeOf(await publish('order.sized', order(2)), done);
  const rule = (id) => rules.find((each) => each.rule === id);
  assert.deepEqual([rule('large').matched, rule('all').matched, rule('off').matched], [false, true, false]);
  assert.match(rule('large').reason, /\/data\/total/);
  assert.ok(rule('off').reason.length > 5);
  assert.deepEqual(deliveries.map((each) => each.channel), ['log']);
});

test('the log channel prints what would be sent', async () => {
  await put('logged', { on: 'order.logged', channels: ['log'], audience: { tenant: true } });
  await publish('order.logged', order(77));
  await until('it is printed', () => agent.output.includes('order 77 of blue'));
});

test('a webhook gets the rendered body with a Standard Webhooks signature', async (t) => {
  const hook = await serve(t, (request, response) => response.writeHead(204).end());
  await put('hook', { on: 'order.hooked', channels: ['webhook'], audience: { webhook: { url: `${hook.url}/in`, secret: SECRET } } });
  const outcome = await outcomeOf(await publish('order.hooked', order(3)), done);
  assert.equal(outcome.deliveries[0].state.toLowerCase(), 'delivered');
  const [{ headers, body, method, url }] = hook.requests;
  const { title, data, channel, rule } = JSON.parse(body);
  assert.deepEqual([method, url, channel, rule, title, data], ['POST', '/in', 'webhook', 'hook', 'Order 3', { title: 'Order 3', total: 4.5 }]);
  const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  assert.equal(headers['webhook-signature'], `v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  assert.ok(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1000) < 60);
  assert.match(headers['content-type'], /^application\/json/);
});

test('the secret of a webhook is never shown again', async () => {
  const { text } = await api('GET', '/api/triggers/hook');
  assert.ok(!text.includes(SECRET) && !text.includes(SECRET.slice(6)));
});

test('a webhook that fails is tried 3 times, as one and the same message', { timeout: 60_000 }, async (t) => {
  const hook = await serve(t, (request, response) => response.writeHead(hook.requests.length < 3 ? 503 : 200, { 'retry-after': '1' }).end());
  await put('flaky', { on: 'order.flaky', channels: ['webhook'], audience: { webhook: { url: hook.url, secret: SECRET } } });
  const outcome = await outcomeOf(await publish('order.flaky', order(4)), done, 50_000);
  assert.equal(outcome.deliveries[0].state.toLowerCase(), 'delivered');
  assert.equal(hook.requests.length, 3);
  assert.equal(new Set(hook.requests.map((request) => request.headers['webhook-id'])).size, 1);
});
test('a webhook that says gone is not tried again', async (t) => {
  const hook = await serve(t, (request, response) => response.writeHead(410).end());
  await put('gone', { on: 'order.gone', channels: ['webhook'], audience: { webhook: { url: hook.url, secret: SECRET } } });
  const outcome = await outcomeOf(await publish('order.gone', order(5)), done);
  assert.deepEqual([outcome.deliveries[0].state.toLowerCase(), hook.requests.length], ['failed', 1]);
});

test('a delivery is found by its id, and the status of its event says COMPLETED', async () => {
  await put('found', { on: 'order.found', channels: ['log'], audience: { tenant: true } });
  const event = await publish('order.found', order(6));
  const { deliveries } = await outcomeOf(event, done);
  const { body } = await api('GET', `/api/delivery/status/${deliveries[0].id}`);
  assert.deepEqual([body.id, body.channel], [deliveries[0].id, 'LOG']);
  assert.equal((await api('GET', `/api/events/status/${event.id}`)).body.status, 'COMPLETED');
});

test('a dry run shows recipient, template, channel and text, and sends nothing', async () => {
  const created = async () => (await api('GET', '/api/events?type=notification.created&limit=1000')).body.items.length;
  const before = await created();
  const { stdout } = await agent.notifyctl(['notification', 'send', '--tenant', 'blue', '--template', 'order', '--user', 'alice', '--channel', 'in_app', '--data', '{"order": 9, "total": 2}', '--dry-run', '-o', 'json']);
  const [shown] = JSON.parse(stdout).notifications;
  assert.deepEqual([shown.template, shown.channel, shown.recipient, shown.title, shown.body], ['order', 'in_app', 'user:alice', 'Order 9', '2 for alice']);
  assert.equal(await created(), before);
});

test('a notification that is sent reaches its user', async (t) => {
  const { received } = await connectHub(t, agent, await agent.token('blue', 'carol'), { methods: ['notification'] });
  const { id } = await agent.json(['notification', 'send', '--tenant', 'blue', '--template', 'order', '--user', 'carol', '--channel', 'in_app', '--data', '{"order": 10, "total": 3}']);
  assert.ok(id);
  assert.equal((await received.until('notification'))[0].title, 'Order 10');
});

test('the same Idempotency-Key is one notification', async (t) => {
  const { received } = await connectHub(t, agent, await agent.token('blue', 'dora'), { methods: ['notification'] });
  const send = (data, key) => api('POST', '/api/notifications', { template: 'order', channels: ['in_app'], audience: { user: 'dora' }, data }, { headers: { 'idempotency-key': key } });
  const first = await send(order(11), 'once');
  assert.equal(first.status, 202, first.text);
  assert.equal((await send(order(11), 'once')).body.id, first.body.id);
  await send(order(12), 'twice');
  assert.deepEqual((await received.until('notification', 2)).map((each) => each.title), ['Order 11', 'Order 12']);
});

test('an unknown template, and data that it needs and has not, are refused', async () => {
  const send = (json) => api('POST', '/api/notifications', { audience: { user: 'alice' }, channels: ['in_app'], ...json });
  refused(await send({ template: 'nothing', data: {} }), 404, 'not_found');
  const { detail } = refused(await send({ template: 'order', data: { order: 1 } }), 400, 'template_data');
  assert.match(detail, /total/);
});

test('a trigger of an unknown template is refused, with a pointer', async () => {
  const answer = await api('POST', '/api/triggers', { id: 'bad', on: 'a.b', template: 'nothing', channels: ['log'], audience: { tenant: true } });
  assert.deepEqual(refused(answer, 400, 'invalid_argument').errors.map((each) => each.pointer), ['/template']);
});

test('a broken template is refused with line and column', async () => {
  const answer = await api('POST', '/api/templates', { id: 'broken', name: 'x', files: { 'log.txt.hbs': 'fine\n{{#if x}}' } });
  assert.match(refused(answer, 400, 'invalid_template').detail, /2:\d+/);
});

test('a template may be checked without being stored', async () => {
  const { status, body } = await api('POST', '/api/templates/order/validate', { files: { 'log.txt.hbs': '{{/if}}' } });
  assert.deepEqual([status, body.valid, body.errors[0].line], [200, false, 1]);
});

for (const [type, data, more] of [
  ['payment.processed', { paymentId: 'p-1', amount: 12.5, currency: 'EUR', status: 'completed' }, { userid: 'erin' }],
  ['rate.updated', { base: 'USD', quote: 'GBP', rate: 0.7497, previousRate: 0.75 }, {}],
  ['user.activity', { action: 'sign-in' }, { userid: 'erin' }],
]) {
  test(`a new tenant has an example rule for ${type}`, async (t) => {
    const id = `example-${type.split('.')[0]}`;
    const { key } = await agent.tenant(id);
    const { received } = await connectHub(t, agent, await agent.token(id, 'erin'), { methods: ['notification'] });
    await agent.api('POST', '/api/events/publish', { key, json: { type, data, ...more } });
    const [notification] = await received.until('notification');
    assert.ok(notification.title && notification.template === type.replace('.', '-'));
  });
}

test('what was sent is counted, by channel and status', async () => {
  const { rows } = await agent.json(['metric', 'query', 'deliveries', '--tenant', 'blue', '--by', 'status', '--since', '1h']);
  const counts = Object.fromEntries(rows.map((row) => [row.status.toLowerCase(), row.value]));
  assert.ok(counts.delivered >= 6 && counts.failed >= 1, JSON.stringify(rows));
});
