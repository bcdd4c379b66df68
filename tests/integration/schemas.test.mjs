// JSON Schemas of event types: what is refused, where, and by which line; for every way in.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { Agent } from './support/agent.mjs';
import { refused, until } from './support/expect.mjs';
import { connectHub } from './support/hub.mjs';
import { serve } from './support/upstream.mjs';

const PAYMENT = `{
  "type": "object",
  "required": ["paymentId", "amount"],
  "properties": {
    "paymentId": {"type": "string"},
    "amount": {"type": "number", "minimum": 0.01},
    "currency": {"pattern": "^[A-Z]{3}$"}
  }
}
`;
const PAID = { type: 'payment.processed', data: { paymentId: 'p-1', amount: 12.5, currency: 'EUR' } };

const behind = await serve({ after }, (request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"quoteId":"q-1","amount":"many"}');
});
const agent = await Agent.start({ after }, {
  config: `gateway:\n  routes:\n    - {path: /quote, upstream: "${behind.url}", emit: {type: quote.given}}\n`,
});
const blue = await agent.tenant('blue');
const green = await agent.tenant('green');

const put = (tenant, type, text, query = '') => agent.api('PUT', `/api/schemas/${type}${query}`, {
  key: tenant.key, body: text, headers: { 'content-type': 'application/schema+json' },
});
const publish = (tenant, json, path = 'publish') => agent.api('POST', `/api/events/${path}`, { key: tenant.key, json });
const paid = (data, more = {}) => ({ type: 'payment.processed', data, ...more });
const file = async (name, text) => {
  const path = join(agent.folder, name);
  await writeFile(path, text);
  return path;
};

test('an event that does not fit is refused with its place and the line of the schema', async () => {
  const answer = await put(blue, 'payment.processed', PAYMENT);
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual([answer.body.version, answer.body.compatibility, answer.body.created], [1, 'backward', true]);
  assert.equal((await publish(blue, PAID)).status, 202);
  const problem = refused(await publish(blue, paid({ paymentId: 7, amount: 0 })), 400, 'invalid_event');
  assert.deepEqual(problem.errors.map(({ pointer, line }) => [pointer, line]), [['/data/amount', 6], ['/data/paymentId', 5]]);
  assert.match(problem.detail, /payment\.processed.*version 1.*\/data\/amount.*line 6/);
  const missing = refused(await publish(blue, paid({ amount: 1 })), 400, 'invalid_event');
  assert.deepEqual(missing.errors.map(({ pointer, line }) => [pointer, line]), [['/data', 3]]);
  refused(await publish(blue, { type: 'payment.processed' }), 400, 'invalid_event');
});

test("one tenant's schema never touches another's events", async () => {
  assert.equal((await publish(green, paid({ anything: true }))).status, 202);
  assert.deepEqual((await agent.api('GET', '/api/schemas', { key: green.key })).body.items, []);
  refused(await agent.api('GET', '/api/schemas/payment.processed', { key: green.key }), 404, 'not_found');
  assert.equal((await put(green, 'payment.processed', '{"type":"object","required":["anything"]}')).status, 200);
  assert.equal((await publish(blue, PAID)).status, 202);
  refused(await publish(green, PAID), 400, 'invalid_event');
});

test('a bad event of a batch costs one event', async () => {
  const events = [PAID, paid({ amount: 1 }), 'no event', { type: 'order.placed', data: 3 }, PAID];
  const { body } = await publish(blue, events, 'batch');
  assert.deepEqual([body.accepted, body.rejected.map(({ index, code }) => [index, code])],
    [3, [[1, 'invalid_event'], [2, 'invalid_event']]]);
  assert.match(body.rejected[0].detail, /paymentId.*line 3/);
  const all = (await publish(blue, [paid({})], 'batch')).body;
  assert.deepEqual([all.accepted, all.epoch, all.firstSequence, all.rejected.length], [0, null, null, 1]);
});

test('the hub refuses it, too', async (t) => {
  const token = await agent.token('blue', 'alice', '--role', 'publisher');
  const { connection } = await connectHub(t, agent, token);
  assert.equal((await connection.invoke('Publish', PAID)).duplicate, false);
  await assert.rejects(connection.invoke('Publish', paid({})), /invalid_event: The data does not fit/);
});

test("the gateway's answer passes, and the log, a counter and the audit tell of the event", async () => {
  assert.equal((await put(blue, 'quote.given', '{"properties":{"amount":{"type":"number"}}}')).status, 200);
  const answer = await agent.api('POST', '/quote', { key: blue.key, json: {} });
  assert.deepEqual([answer.status, answer.body.quoteId], [200, 'q-1']);
  await until('the log', () => agent.output.includes('is not stored'));
  const metrics = (await agent.api('GET', '/metrics')).text;
  assert.match(metrics, /notify_gateway_events_not_stored_total\{[^}]*invalid_event[^}]*\} 1/);
  const records = (await agent.api('GET', '/api/audit?action=gateway.emit', { key: blue.key })).body.items;
  assert.equal(records[0].code, 'invalid_event');
});

test('a version that breaks the rule is refused with a reason for each place', async () => {
  const narrower = PAYMENT.replace('0.01', '1').replace('"amount"]', '"amount", "currency"]');
  const problem = refused(await put(blue, 'payment.processed', narrower), 409, 'conflict');
  assert.deepEqual(problem.errors.map(({ pointer, line }) => [pointer, line]).sort(),
    [['/properties/amount/minimum', 6], ['/required/2', 3]]);
  const wider = PAYMENT.replace('0.01', '0');
  assert.equal((await put(blue, 'payment.processed', wider)).body.version, 2);
  refused(await put(blue, 'payment.processed', PAYMENT, '?compatibility=full'), 409, 'conflict');
  assert.equal((await publish(blue, paid({ paymentId: 'p', amount: 0 }))).status, 202);
});

test('an event may name the version that it was made by', async () => {
  const dataschema = (n) => `${agent.url}/api/schemas/payment.processed/versions/${n}`;
  const zero = { paymentId: 'p', amount: 0 };
  refused(await publish(blue, paid(zero, { dataschema: dataschema(1) })), 400, 'invalid_event');
  assert.equal((await publish(blue, paid(zero, { dataschema: dataschema(2) }))).status, 202);
  const unknown = refused(await publish(blue, paid(zero, { dataschema: dataschema(9) })), 400, 'invalid_event');
  assert.equal(unknown.errors[0].pointer, '/dataschema');
  const text = await agent.api('GET', '/api/schemas/payment.processed/versions/1', { key: blue.key });
  assert.equal(text.text, PAYMENT);
  assert.match(text.headers.get('content-type'), /application\/schema\+json/);
});

test('what is no schema is refused with its line', async () => {
  const problem = refused(await put(blue, 'a.b', '{\n"type": "strin",\n"$ref": "http://example.com/x"\n}'), 400, 'invalid_argument');
  assert.deepEqual(problem.errors.map(({ line }) => line).sort(), [2, 2]);
  refused(await put(blue, 'a.b', '{"pattern": "(?=x)"}'), 400, 'invalid_argument');
  refused(await put(blue, 'a.b', '{"$ref": "file:///etc/passwd"}'), 400, 'invalid_argument');
  refused(await put(blue, 'a.b', `{"title": "${'x'.repeat(70_000)}"}`), 400, 'invalid_argument');
  refused(await put(blue, 'tenant.created', '{}'), 403, 'type_reserved');
  refused(await agent.api('POST', '/api/schemas', { key: blue.key, json: { type: 'a.b' } }), 400, 'invalid_argument');
});

test('a pattern that would take forever elsewhere does not hold up the agent', async () => {
  assert.equal((await put(blue, 'evil.pattern', '{"pattern": "^(a+)+$"}')).status, 200);
  const began = Date.now();
  refused(await publish(blue, { type: 'evil.pattern', data: `${'a'.repeat(200_000)}!` }), 400, 'invalid_event');
  assert.ok(Date.now() - began < 5_000);
});

test('each change is an event of the tenant, audited, and in force after a restart', async () => {
  const items = (await agent.api('GET', '/api/events?type=tenant.schema.changed', { key: blue.key })).body.items;
  assert.deepEqual(items[0].data, { type: 'payment.processed', version: 1, compatibility: 'backward' });
  const records = (await agent.api('GET', '/api/audit?action=schema.put', { key: blue.key })).body.items;
  assert.deepEqual([records[0].target, records[0].result], ['payment.processed', 'granted']);
  await agent.kill();
  await agent.launch();
  refused(await publish(blue, paid({})), 400, 'invalid_event');
  assert.equal((await publish(blue, PAID)).status, 202);
});

test('who may only read may not put a schema', async () => {
  const { key } = await agent.json(['key', 'create', '--tenant', 'blue', '--role', 'viewer']);
  assert.equal((await agent.api('GET', '/api/schemas', { key })).status, 200);
  refused(await put({ key }, 'a.b', '{}'), 403, 'forbidden');
});

test('notifyctl puts, gets, lists, checks and deletes schemas', async () => {
  const own = await file('order.json', '{"type": "object",\n "required": ["id"]}');
  const made = await agent.json(['schema', 'put', 'order.made', '-f', own, '--tenant', 'blue', '--compatibility', 'full']);
  assert.deepEqual([made.version, made.compatibility], [1, 'full']);
  assert.equal((await agent.json(['schema', 'put', 'order.made', '-f', own, '--tenant', 'blue'])).version, 1);
  assert.equal((await agent.notifyctl(['schema', 'get', 'order.made', '--tenant', 'blue'])).stdout, '{"type": "object",\n "required": ["id"]}\n');
  const names = (await agent.notifyctl(['schemas', 'list', '--tenant', 'blue', '-o', 'name'])).stdout;
  assert.match(names, /^evil\.pattern\norder\.made\npayment\.processed\n/);

  const event = await file('event.json', '{"type": "order.made", "data": {}}');
  const misfit = await agent.notifyctl(['schema', 'check', 'order.made', '--event', event, '--tenant', 'blue'], { expect: 8 });
  assert.match(misfit.stderr, /\/data \(line 2\): lacks the property 'id'/);
  const open = await file('open.json', '{"type": "object"}');
  const broken = await agent.notifyctl(['schema', 'check', 'order.made', '-f', open, '--tenant', 'blue'], { expect: 5 });
  assert.match(broken.stderr, /"id" is required/);

  await agent.notifyctl(['schema', 'delete', 'order.made', '--tenant', 'blue', '--yes']);
  await agent.notifyctl(['schema', 'get', 'order.made', '--tenant', 'blue'], { expect: 3 });
  assert.equal((await publish(blue, { type: 'order.made', data: {} })).status, 202);
});

test('notifyctl checks files without an agent', async () => {
  const offline = { env: { NOTIFYCTL_ENDPOINT: 'unix:/nowhere' } };
  const schema = await file('payment.json', PAYMENT);
  const good = await file('good.json', JSON.stringify(PAID));
  await agent.notifyctl(['schema', 'check', '-f', schema, '--event', good], offline);
  const bad = await file('bad.json', '{"amount": 0}');
  const refusal = await agent.notifyctl(['schema', 'check', '-f', schema, '--data', bad, '-o', 'json'], { ...offline, expect: 8 });
  const { error } = JSON.parse(refusal.stderr);
  assert.deepEqual(error.errors.map(({ pointer, line }) => [pointer, line]), [['/amount', 6], ['', 3]]);
  const newer = await file('newer.json', PAYMENT.replace('0.01', '2'));
  await agent.notifyctl(['schema', 'check', '-f', newer, '--against', schema], { ...offline, expect: 5 });
});
