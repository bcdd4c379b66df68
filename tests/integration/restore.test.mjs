// Tenants of a backup come back into a running agent, which serves the others meanwhile.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { Agent, binary } from './support/agent.mjs';
import { refused, until } from './support/expect.mjs';

async function folder(t) {
  const path = await mkdtemp(join(tmpdir(), 'notify-restore-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function publish(agent, tenant, name, count) {
  const json = Array.from({ length: count }, (_, i) => ({ id: `${name}-${i}`, type: 'order.made', data: { i } }));
  const { status, text } = await agent.api('POST', '/api/events/batch', { tenant, json });
  assert.equal(status, 200, text);
}

const eventsOf = async (agent, tenant, type = 'order.made') =>
  (await agent.api('GET', `/api/events?type=${type}&limit=1000`, { tenant })).body.items;
const names = (name, count) => Array.from({ length: count }, (_, i) => `${name}-${i}`);
const restore = async (agent, file, ...more) =>
  JSON.parse((await agent.notifyctl(['agent', 'restore', file, '-o', 'json', ...more])).stdout);

test('a tenant that was deleted comes back with its log, keys, consumers and schedule, while others are served', async (t) => {
  const agent = await Agent.start(t);
  const file = join(await folder(t), 'notifyd.tar');
  const blue = await agent.tenant('blue');
  await agent.tenant('green');
  await publish(agent, 'blue', 'kept', 20);
  const before = (await eventsOf(agent, 'blue'))[0];
  const consumer = { name: 'billing', types: ['order.made'], after: { sequence: 0 } };
  assert.equal((await agent.api('POST', '/api/consumers', { key: blue.key, json: consumer })).status, 201);
  const fetch = async () => (await agent.api('POST', '/api/consumers/billing/fetch', { key: blue.key, json: { max: 5, waitMs: 5000 } })).body;
  await agent.api('POST', '/api/consumers/billing/ack', { key: blue.key, json: (await fetch()).position });
  const due = new Date(Date.now() + 6000).toISOString();
  const later = { id: 'later', type: 'order.due', scheduledat: due };
  assert.equal((await agent.api('POST', '/api/events/publish', { key: blue.key, json: later })).status, 202);
  await agent.notifyctl(['agent', 'backup', file]);
  await publish(agent, 'blue', 'lost', 5);
  await agent.notifyctl(['tenant', 'delete', 'blue', '--yes']);
  assert.equal((await agent.api('GET', '/api/events', { key: blue.key })).status, 401);

  let stopping = false;
  let answered = 0;
  const serving = (async () => {
    for (; !stopping; ++answered) await publish(agent, 'green', `during-${answered}`, 10);
  })();
  const done = await restore(agent, file, '--only', 'blue');
  stopping = true;
  await serving;
  assert.deepEqual([done.restored, done.leftOut], [['blue'], []]);
  assert.ok(answered > 0);

  // The key is of the backup, and so is everything else.
  const events = (await agent.api('GET', '/api/events?type=order.made', { key: blue.key })).body.items;
  assert.deepEqual(events.map((event) => event.id), names('kept', 20));
  assert.ok(events[0].epoch > before.epoch);
  assert.equal((await agent.api('GET', `/api/events?after=${before.epoch}-3`, { key: blue.key })).status, 410);
  assert.deepEqual((await fetch()).items.map((event) => event.id), names('kept', 10).slice(5));
  await publish(agent, 'blue', 'kept', 20);
  await publish(agent, 'blue', 'new', 1);
  await until('the scheduled event', async () => (await eventsOf(agent, 'blue', 'order.due')).length === 1);
  await agent.kill();
  await agent.launch();
  assert.deepEqual((await eventsOf(agent, 'blue')).map((event) => event.id), [...names('kept', 20), 'new-0']);
  assert.equal((await eventsOf(agent, 'blue', 'order.due')).length, 1);
  const check = JSON.parse((await agent.notifyctl(['log', 'verify', '--tenant', 'blue', '-o', 'json'])).stdout);
  assert.equal(check.whole, true);
  await assert.rejects(stat(join(agent.dataDir, 'restore')));
  const audit = await agent.notifyctl(['audit', 'list', '-o', 'ndjson']);
  assert.match(audit.stdout, /"action":"agent.restore"[^\n]*"target":"tenant:blue"/);
});

test('what the agent has is left alone, and a suspended tenant stays suspended', async (t) => {
  const agent = await Agent.start(t);
  const file = join(await folder(t), 'notifyd.tar');
  for (const tenant of ['blue', 'green', 'red']) {
    await agent.tenant(tenant);
    await publish(agent, tenant, tenant, 3);
  }
  await agent.notifyctl(['tenant', 'suspend', 'green']);
  await agent.notifyctl(['agent', 'backup', file]);
  await publish(agent, 'blue', 'after', 3);
  for (const tenant of ['green', 'red']) await agent.notifyctl(['tenant', 'delete', tenant, '--yes']);
  const only = await agent.notifyctl(['agent', 'restore', file, '--only', 'blue'], { expect: 5 });
  assert.match(only.stderr, /left alone[^]*tenant delete blue/);
  // From standard input, as after zstd -dc.
  const all = await agent.notifyctl(['agent', 'restore', '-', '-o', 'json'], { stdin: await readFile(file) });
  const outcome = JSON.parse(all.stdout);
  assert.deepEqual(outcome.restored, ['green', 'red']);
  assert.deepEqual(outcome.leftOut.map((one) => [one.tenant, one.code]), [['blue', 'tenant_exists']]);
  assert.deepEqual((await eventsOf(agent, 'blue')).map((event) => event.id), [...names('blue', 3), ...names('after', 3)]);
  assert.equal(JSON.parse((await agent.notifyctl(['tenant', 'get', 'green', '-o', 'json'])).stdout).state, 'suspended');
  await agent.notifyctl(['tenant', 'resume', 'green']);
  assert.deepEqual((await eventsOf(agent, 'green')).map((event) => event.id), names('green', 3));
  // Neither reads the other.
  assert.deepEqual((await eventsOf(agent, 'red')).map((event) => event.id), names('red', 3));
});

test('what is no whole backup of this agent changes nothing', async (t) => {
  const agent = await Agent.start(t);
  const other = await Agent.start(t);
  const path = await folder(t);
  const file = join(path, 'notifyd.tar');
  const blue = await agent.tenant('blue');
  for (let n = 0; n < 3; ++n) await publish(agent, 'blue', `kept-${n}`, 1000);
  await agent.notifyctl(['agent', 'backup', file]);
  const whole = await readFile(file);
  const send = (body, options = {}) => agent.api('POST', '/api/admin/restore', { body, headers: { 'content-type': 'application/x-tar' }, ...options });
  refused(await send(whole, { key: blue.key }), 403, 'forbidden');
  await agent.notifyctl(['tenant', 'delete', 'blue', '--yes']);
  const changed = Buffer.from(whole);
  changed[whole.length >> 1] ^= 1;
  refused(await send(changed), 400, 'invalid_argument');
  refused(await send(whole.subarray(0, whole.length - 2000)), 400, 'invalid_argument');
  refused(await send(Buffer.from('hello')), 400, 'invalid_argument');
  refused(await send(Buffer.alloc(0)), 400, 'invalid_argument');
  const none = await agent.notifyctl(['agent', 'restore', file, '--only', 'nobody'], { expect: 3 });
  assert.match(none.stderr, /no tenant 'nobody'/);
  await agent.notifyctl(['agent', 'restore', join(path, 'none.tar')], { expect: 3 });
  const foreign = await other.notifyctl(['agent', 'restore', file], { expect: 5 });
  assert.match(foreign.stderr, /master key/);
  assert.match((await agent.notifyctl(['tenant', 'list', '-o', 'name'])).stdout, /^$/);
  await assert.rejects(stat(join(agent.dataDir, 'tenants/blue')));
  await assert.rejects(stat(join(agent.dataDir, 'restore')));
  // A body whose length is known.
  assert.deepEqual((await send(whole)).body.restored, ['blue']);
});

test('nothing is unpacked onto a disk above its high watermark', async (t) => {
  const agent = await Agent.start(t);
  const file = join(await folder(t), 'notifyd.tar');
  await agent.tenant('blue');
  await agent.notifyctl(['agent', 'backup', file]);
  // Every disk is that full; with the same master key.
  const full = new Agent(await folder(t), { config: 'storage:\n  low_watermark: 1\n  high_watermark: 2\n' });
  await mkdir(full.dataDir, { recursive: true });
  await copyFile(join(agent.dataDir, 'master.key'), join(full.dataDir, 'master.key'));
  await writeFile(full.configFile, full.options.config);
  t.after(() => full.stop());
  await full.launch();
  const done = await full.notifyctl(['agent', 'restore', file], { expect: null });
  assert.match(done.stderr, /high watermark/);
  await assert.rejects(stat(join(full.dataDir, 'restore')));
});

test('a host that another tenant has by now keeps its owner', async (t) => {
  const agent = await Agent.start(t);
  const file = join(await folder(t), 'notifyd.tar');
  await agent.notifyctl(['tenant', 'create', 'blue', '--host', 'shop.example.com']);
  await agent.notifyctl(['agent', 'backup', file]);
  await agent.notifyctl(['tenant', 'delete', 'blue', '--yes']);
  await agent.notifyctl(['tenant', 'create', 'green', '--host', 'shop.example.com']);
  const done = await agent.notifyctl(['agent', 'restore', file], { expect: 5 });
  assert.match(done.stderr, /shop\.example\.com is tenant 'green's/);
  await agent.notifyctl(['tenant', 'get', 'blue'], { expect: 3 });
});

test('an agent that is killed while it restores has the tenant whole or not at all', async (t) => {
  const agent = await Agent.start(t);
  const file = join(await folder(t), 'notifyd.tar');
  await agent.tenant('blue');
  for (let n = 0; n < 20; ++n) await publish(agent, 'blue', `kept-${n}`, 1000);
  await agent.notifyctl(['agent', 'backup', file]);
  await agent.notifyctl(['tenant', 'delete', 'blue', '--yes']);
  for (const delay of [20, 30, 40, 50, 60, 80]) {
    const child = spawn(binary('notifyctl'), ['--endpoint', `unix:${agent.socket}`, 'agent', 'restore', file], { stdio: 'ignore' });
    const ended = once(child, 'exit');
    await new Promise((resolve) => setTimeout(resolve, delay));
    await agent.kill();
    await ended;
    await agent.launch();
    await assert.rejects(stat(join(agent.dataDir, 'restore')), 'what was unpacked is gone');
    if (/blue/.test((await agent.notifyctl(['tenant', 'list', '-o', 'name'])).stdout)) {
      const check = JSON.parse((await agent.notifyctl(['log', 'verify', '--tenant', 'blue', '-o', 'json'])).stdout);
      assert.equal(check.whole, true);
      assert.ok(check.events >= 20000, JSON.stringify(check));
      await agent.notifyctl(['tenant', 'delete', 'blue', '--yes']);
    }
  }
  assert.deepEqual((await restore(agent, file)).restored, ['blue']);
  assert.equal((await eventsOf(agent, 'blue')).length, 1000);
});
