// A backup of a running agent, and the way back: of the whole folder, and what is refused.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { Agent, binary } from './support/agent.mjs';
import { runToEnd } from './support/command.mjs';

/** A folder that goes with the test. */
async function folder(t) {
  const path = await mkdtemp(join(tmpdir(), 'notify-backup-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Publishes `count` events of a tenant with ids `name-0` on; each answered. */
async function publish(agent, tenant, name, count) {
  const json = Array.from({ length: count }, (_, i) => ({ id: `${name}-${i}`, type: 'backup.made', data: { i } }));
  const { status, text } = await agent.api('POST', '/api/events/batch', { tenant, json });
  assert.equal(status, 200, text);
}

async function idsOf(agent, tenant) {
  const ids = [];
  for (let after = '0-0', page; !page || page.items.length; ) {
    page = (await agent.api('GET', `/api/events?type=backup.made&limit=1000&after=${after}`, { tenant })).body;
    for (const event of page.items) {
      ids.push(event.id);
      after = `${event.epoch}-${event.sequence}`;
    }
  }
  return ids;
}

/** Starts an agent on what `file` holds; with the master key of `from`. */
async function restored(t, from, file) {
  const path = await folder(t);
  const agent = new Agent(path, {});
  const done = await runToEnd(binary('notifyd'), ['--data-dir', agent.dataDir, '--restore', file], {});
  assert.match(done.stdout, /needs the master key [0-9a-f]{16}/);
  await copyFile(join(from.dataDir, 'master.key'), join(agent.dataDir, 'master.key'));
  await copyFile(join(from.dataDir, 'admin.key'), join(agent.dataDir, 'admin.key'));
  t.after(() => agent.stop());
  return agent.launch();
}

test('a backup of a serving agent holds every event that was acknowledged before it began', async (t) => {
  const agent = await Agent.start(t);
  const file = join(await folder(t), 'notifyd.tar');
  for (const tenant of ['blue', 'green']) {
    await agent.notifyctl(['tenant', 'create', tenant]);
    await publish(agent, tenant, tenant, 1000);
  }
  await agent.notifyctl(['tenant', 'suspend', 'green']);
  // It serves on while it is copied.
  let stopping = false;
  const publishing = (async () => {
    for (let n = 0; !stopping; ++n) await publish(agent, 'blue', `later-${n}`, 100);
  })();
  const made = JSON.parse((await agent.notifyctl(['agent', 'backup', file, '-o', 'json'])).stdout);
  stopping = true;
  await publishing;
  assert.equal(made.tenants, 2);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal(made.bytes < (await stat(file)).size, true);

  const again = await restored(t, agent, file);
  const ids = await idsOf(again, 'blue');
  for (let i = 0; i < 1000; ++i) assert.equal(ids[i], `blue-${i}`);
  assert.equal(new Set(ids).size, ids.length);
  const check = JSON.parse((await again.notifyctl(['log', 'verify', '--tenant', 'blue', '-o', 'json'])).stdout);
  assert.equal(check.whole, true);
  const green = JSON.parse((await again.notifyctl(['tenant', 'get', 'green', '-o', 'json'])).stdout);
  assert.equal(green.state, 'suspended');
});

test('a restored log goes on under a new epoch, knows its duplicates, and its consumers their place', async (t) => {
  const agent = await Agent.start(t);
  const file = join(await folder(t), 'notifyd.tar');
  await agent.notifyctl(['tenant', 'create', 'blue']);
  await publish(agent, 'blue', 'kept', 20);
  const before = (await agent.api('GET', '/api/events?type=backup.made&limit=1', { tenant: 'blue' })).body.items[0];
  const consumer = { name: 'billing', types: ['backup.made'], after: { sequence: 0 } };
  assert.equal((await agent.api('POST', '/api/consumers', { tenant: 'blue', json: consumer })).status, 201);
  const fetch = (of, max) => of.api('POST', '/api/consumers/billing/fetch', { tenant: 'blue', json: { max, waitMs: 5000 } });
  const first = (await fetch(agent, 5)).body;
  await agent.api('POST', '/api/consumers/billing/ack', { tenant: 'blue', json: first.position });
  await agent.notifyctl(['agent', 'backup', file]);
  await publish(agent, 'blue', 'lost', 5);

  const again = await restored(t, agent, file);
  const events = (await again.api('GET', '/api/events?type=backup.made', { tenant: 'blue' })).body.items;
  assert.deepEqual(events.map((event) => event.id), Array.from({ length: 20 }, (_, i) => `kept-${i}`));
  assert.ok(events[0].epoch > before.epoch);
  assert.equal(events[0].sequence, before.sequence);
  // A position of the old log may lie behind what is here, so it is a gap.
  const gap = await again.api('GET', `/api/events?after=${before.epoch}-3`, { tenant: 'blue' });
  assert.equal(gap.status, 410);
  // The consumer goes on after what it acknowledged.
  const rest = (await fetch(again, 100)).body;
  assert.equal(rest.items[0].id, 'kept-5');
  assert.equal(rest.items.length, 15);
  // What is published again is known, what is new goes on behind it.
  await publish(again, 'blue', 'kept', 20);
  await publish(again, 'blue', 'new', 1);
  const ids = await idsOf(again, 'blue');
  assert.equal(ids.length, 21);
  assert.equal(ids[20], 'new-0');
  await again.kill();
  await again.launch();
  assert.equal((await idsOf(again, 'blue')).length, 21);
});

test('a backup that was changed or cut off restores nothing', async (t) => {
  const agent = await Agent.start(t);
  const path = await folder(t);
  const file = join(path, 'notifyd.tar');
  await agent.notifyctl(['tenant', 'create', 'blue']);
  await publish(agent, 'blue', 'kept', 100);
  await agent.notifyctl(['agent', 'backup', file]);
  const whole = await readFile(file);
  const refuse = async (bytes, words) => {
    await writeFile(join(path, 'bad.tar'), bytes);
    const data = join(path, 'new');
    const done = await runToEnd(binary('notifyd'), ['--data-dir', data, '--restore', join(path, 'bad.tar')], { expect: 1 });
    assert.match(done.stderr, words);
    await assert.rejects(stat(join(data, 'platform.db')));
    await assert.rejects(stat(join(data, 'tenants')));
    await rm(data, { recursive: true });
  };
  const changed = Buffer.from(whole);
  changed[whole.length >> 1] ^= 1;
  await refuse(changed, /damaged/);
  await refuse(whole.subarray(0, whole.length - 2000), /cut off/);
  await refuse(Buffer.from('hello'), /cut off|not a backup/);
});

test('nothing is restored over data, and nothing is written over a file', async (t) => {
  const agent = await Agent.start(t);
  const file = join(await folder(t), 'notifyd.tar');
  await agent.notifyctl(['agent', 'backup', file]);
  const twice = await agent.notifyctl(['agent', 'backup', file], { expect: 5 });
  assert.match(twice.stderr, /--yes/);
  await agent.notifyctl(['agent', 'backup', file, '--yes']);
  const running = await runToEnd(binary('notifyd'), ['--data-dir', agent.dataDir, '--restore', file], { expect: 1 });
  assert.match(running.stderr, /owns the data folder/);
  await agent.stop();
  const over = await runToEnd(binary('notifyd'), ['--data-dir', agent.dataDir, '--restore', file], { expect: 1 });
  assert.match(over.stderr, /holds data already/);
});

test('a backup holds no key, and only the platform may take one', async (t) => {
  const agent = await Agent.start(t);
  const file = join(await folder(t), 'notifyd.tar');
  await agent.notifyctl(['tenant', 'create', 'blue']);
  const secret = 'a-word-that-is-only-in-the-data';
  await agent.api('POST', '/api/events/publish', { tenant: 'blue', json: { type: 'a.b', data: { secret } } });
  await agent.notifyctl(['agent', 'backup', file]);
  const bytes = await readFile(file);
  assert.equal(bytes.includes(secret), false);
  for (const key of ['master.key', 'admin.key']) {
    assert.equal(bytes.includes((await readFile(join(agent.dataDir, key))).subarray(0, 32)), false, key);
  }
  const key = (await agent.api('POST', '/api/keys', { tenant: 'blue', json: { role: 'tenant-admin' } })).body.key;
  assert.equal((await agent.api('POST', '/api/admin/backup', { key })).status, 403);
});

test('a killed restore is begun again', async (t) => {
  const agent = await Agent.start(t);
  const path = await folder(t);
  const file = join(path, 'notifyd.tar');
  await agent.notifyctl(['tenant', 'create', 'blue']);
  for (let n = 0; n < 20; ++n) await publish(agent, 'blue', `kept-${n}`, 1000);
  await agent.notifyctl(['agent', 'backup', file]);
  const data = join(path, 'data');
  for (const delay of [1, 5, 10, 20, 40]) {
    const child = spawn(binary('notifyd'), ['--data-dir', data, '--restore', file], { stdio: 'ignore' });
    setTimeout(() => child.kill('SIGKILL'), delay);
    await once(child, 'exit');
    if (await stat(join(data, 'platform.db')).catch(() => null)) break;
  }
  if (!(await stat(join(data, 'platform.db')).catch(() => null))) {
    await runToEnd(binary('notifyd'), ['--data-dir', data, '--restore', file], {});
  }
  await copyFile(join(agent.dataDir, 'master.key'), join(data, 'master.key'));
  const verified = await runToEnd(binary('notifyd'), ['--data-dir', data, '--verify'], {});
  assert.match(verified.stdout, /blue: whole, 2000\d events/);
});

test('what is published behind a journal that was moved is there after every kill', async (t) => {
  const agent = await Agent.start(t);
  const file = join(await folder(t), 'x.tar');
  await agent.notifyctl(['tenant', 'create', 'blue']);
  const sent = [];
  for (let round = 0; round < 4; ++round) {
    await publish(agent, 'blue', `before-${round}`, 3);
    await agent.notifyctl(['agent', 'backup', file, '--yes']);  // Moves the journal, as rest does.
    await agent.kill();
    await agent.launch();
    await publish(agent, 'blue', `behind-${round}`, 3);
    await agent.kill();
    await agent.launch();
    for (const name of ['before', 'behind']) sent.push(...[0, 1, 2].map((i) => `${name}-${round}-${i}`));
    assert.deepEqual(await idsOf(agent, 'blue'), sent);
  }
});

test('--verify finds what is damaged in a stopped folder', async (t) => {
  const agent = await Agent.start(t);
  await agent.notifyctl(['tenant', 'create', 'blue']);
  await agent.notifyctl(['tenant', 'create', 'green']);
  for (let n = 0; n < 5; ++n) await publish(agent, 'blue', `kept-${n}`, 1000);
  await agent.notifyctl(['agent', 'backup', join(await folder(t), 'x.tar')]);  // Moves the journal to the segments.
  await agent.stop();
  const verify = (expect) => runToEnd(binary('notifyd'), ['--data-dir', agent.dataDir, '--verify'], { expect });
  assert.match((await verify(0)).stdout, /green: whole[^]*2 tenants, 0 damaged/);
  const segment = await open(join(agent.dataDir, 'tenants/blue/log/00000001.seg'), 'r+');
  await segment.write(Buffer.from('????'), 0, 4, 2000);
  await segment.close();
  const found = (await verify(1)).stdout;
  assert.match(found, /blue: DAMAGED[^]*events \d+ to \d+/);
  assert.match(found, /green: whole/);
});
