// A POST under an Idempotency-Key is done once, whatever is repeated.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';

import { Agent } from './support/agent.mjs';
import { refused } from './support/expect.mjs';

const agent = await Agent.start({ after });
const blue = await agent.tenant('blue');
const green = await agent.tenant('green');

const post = (path, json, idempotencyKey, options = {}) => agent.api('POST', path, { key: blue.key, json, ...options, headers: { 'idempotency-key': idempotencyKey } });
const keysOf = async (tenant) => (await agent.json(['key', 'list', '--tenant', tenant, '--limit', '1000'])).items;
const named = async (tenant, name) => (await keysOf(tenant)).filter((key) => key.name === name).length;

test('a repeated POST has the first answer, and is done once', async () => {
  const once = await post('/api/keys', { role: 'viewer', name: 'once' }, 'key-1');
  const again = await post('/api/keys', { role: 'viewer', name: 'once' }, 'key-1');
  assert.equal(once.status, 201, once.text);
  assert.deepEqual([again.status, again.text], [once.status, once.text]);
  assert.deepEqual([once.headers.get('idempotent-replayed'), again.headers.get('idempotent-replayed')], [null, 'true']);
  assert.equal(await named('blue', 'once'), 1);
  assert.equal((await agent.api('GET', '/api/events', { key: again.body.key })).status, 200);
});

test('another body, query or path under the same key is refused, and nothing is done', async () => {
  await post('/api/keys', { role: 'viewer', name: 'first' }, 'key-2');
  const other = refused(await post('/api/keys', { role: 'viewer', name: 'second' }, 'key-2'), 422, 'idempotency_key_reused');
  assert.match(other.hint, /key of its own/);
  refused(await post('/api/keys?x=1', { role: 'viewer', name: 'first' }, 'key-2'), 422, 'idempotency_key_reused');
  refused(await post('/api/tokens', { role: 'viewer', name: 'first' }, 'key-2'), 422, 'idempotency_key_reused');
  assert.deepEqual([await named('blue', 'first'), await named('blue', 'second')], [1, 0]);
});

test('the key of one tenant, and of one caller, is nothing to another', async () => {
  const mine = await post('/api/keys', { role: 'viewer', name: 'shared' }, 'key-3');
  const theirs = await post('/api/keys', { role: 'viewer', name: 'shared' }, 'key-3', { key: green.key });
  const colleague = await post('/api/keys', { role: 'viewer', name: 'shared' }, 'key-3', { key: agent.adminKey, tenant: 'blue' });
  assert.deepEqual([mine.status, theirs.status, colleague.status], [201, 201, 201]);
  assert.equal(new Set([mine.body.key, theirs.body.key, colleague.body.key]).size, 3);
  assert.deepEqual([theirs.body.tenant, await named('green', 'shared'), await named('blue', 'shared')], ['green', 1, 2]);
});

test('a final refusal is kept too', async () => {
  refused(await post('/api/keys', { role: 'platform-admin' }, 'key-4'), 403, 'forbidden');
  const again = await post('/api/keys', { role: 'platform-admin' }, 'key-4');
  refused(again, 403, 'forbidden');
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
});

test('requests of the platform are kept as well', async () => {
  const admin = { key: agent.adminKey };
  const once = await post('/api/tenants', { id: 'yellow' }, 'tenant-1', admin);
  assert.equal(once.status, 201, once.text);
  const again = await post('/api/tenants', { id: 'yellow' }, 'tenant-1', admin);
  assert.deepEqual([again.status, again.text], [201, once.text]);
  refused(await post('/api/tenants', { id: 'orange' }, 'tenant-1', admin), 422, 'idempotency_key_reused');
  refused(await post('/api/tenants', { id: 'yellow' }, 'tenant-2', admin), 409, 'tenant_exists');
});

test('the answers survive a kill, in the tenant and in the platform', async () => {
  const notification = { template: 'rate-updated', data: { base: 'USD', quote: 'EUR', rate: 1, previousRate: 1 }, audience: { tenant: true }, channels: ['log'] };
  const sent = await post('/api/notifications', notification, 'note-1');
  assert.equal(sent.status, 202, sent.text);
  const made = await post('/api/tenants', { id: 'violet' }, 'tenant-3', { key: agent.adminKey });
  assert.equal(made.status, 201, made.text);
  await agent.kill();
  await agent.launch();
  assert.equal((await post('/api/notifications', notification, 'note-1')).text, sent.text);
  assert.equal((await post('/api/tenants', { id: 'violet' }, 'tenant-3', { key: agent.adminKey })).text, made.text);
  refused(await post('/api/notifications', { ...notification, channels: ['in_app'] }, 'note-1'), 422, 'idempotency_key_reused');
});

test('of many at the same time one is done, the others wait or have its answer', async () => {
  const key = randomUUID();
  const answers = await Promise.all(Array.from({ length: 8 }, () => post('/api/keys', { role: 'viewer', name: key }, key)));
  for (const answer of answers) {
    if (answer.status === 201) continue;
    refused(answer, 409, 'conflict');
    assert.equal(answer.headers.get('retry-after'), '1');
  }
  assert.equal(new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.key)).size, 1);
  assert.equal(await named('blue', key), 1);
});

test('a key must be one short printable value', async () => {
  refused(await post('/api/keys', { role: 'viewer' }, 'x'.repeat(256)), 400, 'invalid_argument');
  refused(await post('/api/keys', { role: 'viewer' }, 'tab\there'), 400, 'invalid_argument');
});
