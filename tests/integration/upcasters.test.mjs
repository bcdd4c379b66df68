// Upcasters: events of old versions are lifted as they are read, on every way; what is stored stays.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { Agent } from './support/agent.mjs';
import { refused, until } from './support/expect.mjs';
import { connectHub } from './support/hub.mjs';

const TYPE = 'payment.made';
const agent = await Agent.start({ after });
const blue = await agent.tenant('blue');
const green = await agent.tenant('green');
const api = (method, path, json, { key = blue.key } = {}) => agent.api(method, path, { key, json });
const schema = async (tenant, ...required) => {
  const answer = await agent.api('PUT', `/api/schemas/${TYPE}?compatibility=none`, {
    key: tenant.key, body: JSON.stringify({ type: 'object', required }), headers: { 'content-type': 'application/schema+json' },
  });
  assert.equal(answer.status, 200, answer.text);
};
const publish = async (data, { tenant = blue, ...more } = {}) => {
  const answer = await api('POST', '/api/events/publish', { type: TYPE, data, ...more }, { key: tenant.key });
  assert.equal(answer.status, 202, answer.text);
  return answer.body;
};
const upcast = (from, body, options) => api('PUT', `/api/schemas/${TYPE}/upcasters/${from}`, body, options);
const list = async (query = '', key = blue.key) => (await api('GET', `/api/events?type=${TYPE}${query}`, undefined, { key })).body.items;
const RENAME = { patch: [{ op: 'move', from: '/sum', path: '/amount' }] };
const CURRENCY = { merge: { currency: 'EUR' } };

test('old events are lifted along the chain, in lists and singly; raw gives what is stored', async () => {
  await schema(blue, 'sum');
  const { id } = await publish({ sum: 1.10 });
  await schema(blue, 'amount');
  await publish({ amount: 2 });
  await schema(blue, 'amount', 'currency');
  await publish({ amount: 3, currency: 'USD' });
  assert.equal((await upcast(1, RENAME)).status, 200);
  assert.equal((await upcast(2, CURRENCY)).status, 200);
  const shown = await list();
  assert.deepEqual(shown.map(({ data, upcastfrom, upcastto }) => [data, upcastfrom, upcastto]), [
    [{ amount: 1.1, currency: 'EUR' }, 1, 3], [{ amount: 2, currency: 'EUR' }, 2, 3], [{ amount: 3, currency: 'USD' }, undefined, undefined]]);
  assert.deepEqual((await list('&last=2')).map(({ data }) => data.currency), ['EUR', 'USD']);
  assert.deepEqual((await list('&raw=true')).map(({ data }) => data), [{ sum: 1.1 }, { amount: 2 }, { amount: 3, currency: 'USD' }]);
  const text = (await api('GET', `/api/events/${id}?raw=true`)).text;
  assert.ok(text.includes('"data":{"sum":1.1}'), text);
  assert.deepEqual((await api('GET', `/api/events/${id}`)).body.data, { amount: 1.1, currency: 'EUR' });
  refused(await api('GET', `/api/events/${id}?raw=yes`), 400, 'invalid_argument');
});

test('consumers, projections and the hub see them lifted, live and from the log', async (t) => {
  await api('POST', '/api/consumers', { name: 'c', types: [TYPE], after: 0 });
  const { items } = (await api('POST', '/api/consumers/c/fetch', { max: 1 })).body;
  assert.deepEqual(items[0].data, { amount: 1.1, currency: 'EUR' });
  await api('POST', '/api/projections', {
    name: 'by-currency', types: [TYPE], key: '/data/currency', fields: { total: { fold: 'sum', of: '/data/amount' } } });
  const state = (await api('GET', '/api/projections/by-currency/state?key=EUR')).body;
  assert.deepEqual(state.items[0].state, { total: 3.1 });
  const { connection, received } = await connectHub(
    t, agent, await agent.token('blue', 'alice', '--role', 'viewer'), { methods: [TYPE] });
  await connection.invoke('Subscribe', { types: [TYPE], from: { epoch: 0, sequence: 0 } });
  await received.until(TYPE, 3);
  // An event made by a program that still speaks version 2.
  await publish({ amount: 7 }, { dataschema: `${agent.url}/api/schemas/${TYPE}/versions/2` });
  const seen = await received.until(TYPE, 4);
  assert.deepEqual(seen.map(({ data }) => data.currency), ['EUR', 'EUR', 'USD', 'EUR']);
  const live = seen.find(({ data }) => data.amount === 7);
  assert.match(live.dataschema, /versions\/3$/);
});

test('a second tenant is not touched by them', async () => {
  await schema(green, 'sum');
  await publish({ sum: 5 }, { tenant: green });
  await schema(green, 'amount');
  assert.deepEqual((await list('', green.key)).map(({ data }) => data), [{ sum: 5 }]);
  assert.deepEqual((await api('GET', `/api/schemas/${TYPE}/upcasters`, undefined, { key: green.key })).body.items, []);
});

test('what is no upcaster, or would leave a hole, is refused', async () => {
  const problem = refused(await upcast(1, { patch: [{ op: 'jump' }] }), 400, 'invalid_argument');
  assert.equal(problem.errors[0].pointer, '/patch/0/op');
  refused(await upcast(3, CURRENCY), 400, 'invalid_argument');
  refused(await upcast('x', CURRENCY), 400, 'invalid_argument');
  refused(await api('PUT', '/api/schemas/un.known/upcasters/1', CURRENCY), 404, 'not_found');
  await schema(blue, 'amount', 'currency', 'c3');
  await schema(blue, 'amount', 'currency', 'c4');
  refused(await upcast(4, CURRENCY), 409, 'conflict');
  assert.equal((await upcast(3, { merge: { c3: 1 } })).status, 200);
  refused(await api('DELETE', `/api/schemas/${TYPE}/upcasters/2`), 409, 'conflict');
  assert.equal((await api('DELETE', `/api/schemas/${TYPE}/upcasters/3`)).status, 200);
  refused(await upcast(1, { patch: [{ op: 'add', path: '/x', value: 1 }], upcastto: 1 }), 400, 'invalid_argument');
  refused(await api('POST', '/api/events/publish', { type: 'a.b', upcastfrom: 1 }), 400, 'attribute_reserved');
});

test('an event that cannot be lifted is given as stored, with the reason, and counted', async () => {
  assert.equal((await upcast(1, { patch: [{ op: 'remove', path: '/never' }] })).status, 200);
  const [first] = await list();
  assert.deepEqual(first.data, { sum: 1.1 });
  assert.match(first.upcasterror, /Version 1 is not lifted.*never/);
  const { items } = (await api('GET', `/api/schemas/${TYPE}/upcasters`)).body;
  assert.ok(items[0].failed >= 1, JSON.stringify(items));
  assert.equal((await upcast(1, RENAME)).status, 200);
});

test('they outlive kill -9', async () => {
  await agent.kill();
  await agent.launch();
  assert.deepEqual((await list())[0].data, { amount: 1.1, currency: 'EUR' });
});

test('the command line puts, tries, lists and deletes', async () => {
  const file = async (name, json) => {
    const path = join(agent.folder, name);
    await writeFile(path, JSON.stringify(json));
    return path;
  };
  const rename = await file('rename.json', RENAME);
  const old = await file('old.json', { sum: 4 });
  const run = (args, options) => agent.notifyctl(['schema', 'upcast', ...args], options);
  const offline = JSON.parse((await run(['test', '-f', rename, '--data', old, '-o', 'json'])).stdout);
  assert.deepEqual(offline.data, { amount: 4 });
  await run(['test', '-f', rename, '--data', await file('bad.json', {})], { expect: 8 });
  const by = ['--tenant', 'blue'];
  const tried = JSON.parse((await run(['test', TYPE, '--from', '1', '--data', old, '-o', 'json', ...by])).stdout);
  assert.deepEqual([tried.to, tried.data], [3, { amount: 4, currency: 'EUR' }]);
  await run(['put', TYPE, '--from', '1', '-f', rename, ...by]);
  assert.equal((await run(['list', TYPE, '-o', 'name', ...by])).stdout, '1\n2\n');
  const raw = JSON.parse((await agent.notifyctl(['event', 'list', '--type', TYPE, '--raw', '-o', 'json', ...by])).stdout);
  assert.deepEqual(raw.items[0].data, { sum: 1.1 });
  await run(['delete', TYPE, '--from', '2', ...by], { expect: 2 });
  await run(['delete', TYPE, '--from', '2', '--yes', ...by]);
  assert.deepEqual((await list())[0].data, { amount: 1.1 });
});

test('with its schema the upcasters of a type go', async () => {
  assert.equal((await api('DELETE', `/api/schemas/${TYPE}`)).status, 200);
  refused(await api('GET', `/api/schemas/${TYPE}/upcasters`), 404, 'not_found');
  assert.deepEqual((await list())[0].data, { sum: 1.1 });
});

test("a tenant's life is in its log, and its end in the platform's audit", async () => {
  const life = await agent.tenant('life');
  await agent.notifyctl(['tenant', 'update', 'life', '--tier', 'gold']);
  await agent.api('PUT', '/api/tenants/life', { json: { limits: { connections: 9 } } });
  await agent.notifyctl(['tenant', 'suspend', 'life']);
  await agent.notifyctl(['tenant', 'resume', 'life']);
  const { items } = (await api('GET', '/api/events?type=tenant.*', undefined, { key: life.key })).body;
  assert.deepEqual(items.map(({ type }) => type),
    ['tenant.created', 'tenant.upgraded', 'tenant.configured', 'tenant.suspended', 'tenant.resumed']);
  assert.equal(items[1].data.tier, 'gold');
  await agent.notifyctl(['tenant', 'delete', 'life', '--yes']);
  await until('the audit has the end', async () => {
    const { items: records } = (await agent.api('GET', '/api/audit?action=tenant.deleted')).body;
    return records.map(({ target }) => target).join() === 'tenant:life';
  });
});
