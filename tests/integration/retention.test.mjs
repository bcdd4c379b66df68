// What retention removes, what keeps it from removing, what it costs on disk, and a disk that fills up.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { Agent } from './support/agent.mjs';
import { runToEnd } from './support/command.mjs';
import { refused, until } from './support/expect.mjs';
import { connectHub } from './support/hub.mjs';
import { openStream } from './support/stream.mjs';

/** A journal so small that what a test publishes is moved to segments at once. */
const SMALL_JOURNAL = 'threads: {storage: 1}\neventlog: {journal_bytes: 64KiB}\n';
const PATIENCE_MS = 60_000;

const batch = (from, count) => Array.from({ length: count }, (_, i) => ({
  id: `e${from + i}`, source: '/test', type: 'order.placed', data: { n: from + i, noise: randomBytes(300).toString('base64') },
}));
const publish = (agent, key, events) => agent.api('POST', '/api/events/batch', { key, json: events });
const stat = (agent, tenant) => agent.json(['log', 'stat', '--tenant', tenant]);
const trimmed = (agent, tenant, above = 1) => until(`the log of ${tenant} begins behind ${above}`,
  async () => { const s = await stat(agent, tenant); return s.firstSequence > above && s; }, PATIENCE_MS);

async function fill(agent, key, from, events) {
  for (let at = from; at < from + events; at += 100) {
    const { body, text } = await publish(agent, key, batch(at, 100));
    assert.equal(body.accepted, 100, text);
  }
}

test('what is removed is told as a gap by every way to read, and its duplicates are still known', async (t) => {
  const agent = await Agent.start(t, { config: SMALL_JOURNAL });
  const blue = await agent.tenant('blue');
  const green = await agent.tenant('green');
  await agent.json(['tenant', 'update', 'blue', '--config', 'retention.max_events=500']);
  await fill(agent, blue.key, 0, 2000);
  await fill(agent, green.key, 0, 500);
  const { firstSequence, lastSequence, epoch, limits } = await trimmed(agent, 'blue', 1000);
  assert.equal(limits.maxEvents, 500);
  assert.ok(lastSequence - firstSequence >= 499, 'at least so many stay');
  assert.equal((await stat(agent, 'green')).firstSequence, 1, 'another tenant keeps all');

  const list = await agent.api('GET', '/api/events?after=0', { key: blue.key });
  refused(list, 410, 'gap');
  assert.match(list.text, /retention/);
  const kept = await agent.api('GET', `/api/events?after=${epoch}-${firstSequence - 1}&limit=1`, { key: blue.key });
  assert.equal(kept.body.items[0].sequence, firstSequence);
  assert.equal((await agent.json(['event', 'list', '--tenant', 'blue', '--limit', '5'])).items.length, 5);

  const viewer = await agent.token('blue', 'victor', '--role', 'viewer');
  const { blocks } = await openStream(t, `${agent.url}/api/events/stream?after=${epoch}-1`, { key: viewer });
  let block = await blocks.next();
  while (block.event !== 'gap') block = await blocks.next();
  const told = JSON.parse(block.data);
  assert.deepEqual([told.reason, told.requested.sequence], ['retention', 1]);
  assert.equal(told.missed, told.resumedAfter.sequence - 1);
  assert.equal(JSON.parse((await blocks.next()).data).sequence, told.resumedAfter.sequence + 1);

  const { connection } = await connectHub(t, agent, viewer);
  const subscribed = await connection.invoke('Subscribe', { types: ['order.*'], from: { epoch, sequence: 1 } });
  assert.equal(subscribed.gap.reason, 'retention');

  const tail = await agent.notifyctl(['event', 'tail', '--tenant', 'blue', '--after', `${epoch}-1`, '--exit-on-gap'], { expect: 1 });
  assert.match(tail.stderr, /gap/);

  const again = await publish(agent, blue.key, batch(0, 10));
  assert.deepEqual([again.body.accepted, again.body.duplicates], [0, 10], 'their keys outlive them');
  await agent.kill();
  await agent.launch();
  assert.ok((await stat(agent, 'blue')).firstSequence >= firstSequence, 'what is gone stays gone');
  assert.equal((await publish(agent, blue.key, batch(0, 10))).body.duplicates, 10);
});

test('a legal hold and a durable consumer keep events, and log stat says who', async (t) => {
  const agent = await Agent.start(t, { config: SMALL_JOURNAL });
  const { key } = await agent.tenant('blue');
  await agent.tenant('green');
  await agent.api('POST', '/api/consumers', { key, json: { name: 'billing', types: ['order.*'] } });
  refused(await agent.api('PUT', '/api/log/hold', { key, json: {} }), 400, 'invalid_argument');
  await agent.notifyctl(['log', 'hold', '--tenant', 'blue', '--reason', 'case 7']);
  await agent.json(['tenant', 'update', 'blue', '--config', 'retention.max_events=100']);
  await fill(agent, key, 0, 1000);
  const held = await until('the hold was met', async () => { const s = await stat(agent, 'blue'); return s.heldBy && s; }, PATIENCE_MS);
  assert.equal(held.firstSequence, 1);
  assert.match(held.heldBy, /case 7|trigger|projection|billing/);
  assert.ok(held.holds.some(({ holder }) => holder === 'legal hold (case 7)'));
  assert.ok(held.holds.some(({ holder }) => holder === 'consumer billing'));
  assert.deepEqual((await stat(agent, 'green')).holds.filter(({ holder }) => /legal|consumer/.test(holder)), []);

  await agent.notifyctl(['log', 'release', '--tenant', 'blue'], { expect: 2 });
  await agent.notifyctl(['log', 'release', '--tenant', 'blue', '--yes']);
  await until('the consumer is what holds', async () => (await stat(agent, 'blue')).heldBy === 'consumer billing', PATIENCE_MS);
  assert.equal((await stat(agent, 'blue')).firstSequence, 1);
  await agent.notifyctl(['consumer', 'delete', 'billing', '--tenant', 'blue', '--yes']);
  await trimmed(agent, 'blue');
  const actions = (await agent.json(['audit', 'list', '--tenant', 'blue', '--limit', '200'])).items.map(({ action }) => action);
  assert.ok(actions.includes('log.hold') && actions.includes('log.release'), actions.join());
});

test('log compact gives back what is dead, online, and says beforehand what', async (t) => {
  const agent = await Agent.start(t, { config: SMALL_JOURNAL });
  const { key } = await agent.tenant('blue');
  await fill(agent, key, 0, 2000);
  await agent.json(['tenant', 'update', 'blue', '--config', 'retention.max_events=500']);
  const { firstSequence, lastSequence } = await trimmed(agent, 'blue', 1000);
  const { plan } = await agent.json(['log', 'compact', '--tenant', 'blue', '--dry-run']);
  assert.ok(plan.deadBytes > plan.segmentBytes / 4, JSON.stringify(plan));
  const report = await agent.json(['log', 'compact', '--tenant', 'blue']);
  assert.equal(report.state, 'completed', JSON.stringify(report));
  assert.ok(report.freedBytes >= plan.deadBytes, JSON.stringify(report));
  const check = await agent.json(['log', 'verify', '--tenant', 'blue']);
  assert.deepEqual([check.whole, check.events], [true, lastSequence - firstSequence + 1]);
  assert.equal((await publish(agent, key, batch(0, 10))).body.duplicates, 10);
  await agent.kill();
  await agent.launch();
  assert.equal((await agent.json(['log', 'verify', '--tenant', 'blue'])).whole, true);
});

test('a compaction that is killed loses nothing, and is done when asked for again', async (t) => {
  const agent = await Agent.start(t, { config: SMALL_JOURNAL });
  const { key } = await agent.tenant('blue');
  await fill(agent, key, 0, 3000);
  await agent.json(['tenant', 'update', 'blue', '--config', 'retention.max_events=2000']);
  const { lastSequence } = await trimmed(agent, 'blue', 500);
  for (let round = 0; round < 5; round += 1) {
    await agent.json(['log', 'compact', '--tenant', 'blue', '--no-wait']);
    await new Promise((resolve) => setTimeout(resolve, round * 7));
    await agent.kill();
    await agent.launch();
    const check = await agent.json(['log', 'verify', '--tenant', 'blue']);
    assert.equal(check.whole, true, JSON.stringify(check));
  }
  const report = await agent.json(['log', 'compact', '--tenant', 'blue']);
  assert.equal(report.state, 'completed');
  const { firstSequence, segments } = await stat(agent, 'blue');
  const names = (await readdir(join(agent.dataDir, 'tenants', 'blue', 'log'))).filter((name) => name.endsWith('.seg'));
  assert.ok(names.length <= segments + 1, `${names}`);
  const { events } = await agent.json(['log', 'verify', '--tenant', 'blue']);
  assert.ok(events >= lastSequence - firstSequence + 1);
});

/** A file system of its own for the test; nothing where this machine lets us mount none. */
async function smallDisk(t, megabytes) {
  const folder = await mkdtemp(join(tmpdir(), 'notify-disk-'));
  const { code, stderr } = await runToEnd('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}M`, 'tmpfs', folder], { expect: null })
    .catch((error) => ({ code: -1, stderr: error.message }));
  t.after(async () => {
    if (code === 0) await runToEnd('umount', ['-l', folder], { expect: null });
    await rm(folder, { recursive: true, force: true });
  });
  if (code !== 0) t.skip(`a tmpfs cannot be mounted here: ${stderr.trim()}`);
  return code === 0 ? folder : null;
}

test('a disk that fills up refuses, reads on, loses nothing, and goes on by itself when there is room', async (t) => {
  const disk = await smallDisk(t, 128);
  if (!disk) return;
  const agent = new Agent(join(disk, 'agent'), { config: 'threads: {storage: 1}\neventlog: {journal_bytes: 1MiB}\nstorage: {tenant_percent: 100}\n' });
  await mkdir(agent.folder);
  await writeFile(agent.configFile, agent.options.config);
  t.after(() => agent.stop());
  await agent.launch();
  const blue = await agent.tenant('blue');
  const green = await agent.tenant('green');
  const acknowledged = { blue: 0, green: 0 };
  const send = async (tenant) => {
    const events = Array.from({ length: 20 }, () => ({ type: 'order.placed', data: { noise: randomBytes(12_000).toString('base64') } }));
    const answer = await publish(agent, tenant.key, events);
    if (answer.status === 200) acknowledged[tenant.id] += answer.body.accepted;
    return answer;
  };
  const sendUntil = (what, tenant, met) => until(what, async () => met(await send(tenant)), 90_000);
  const readable = async (tenant) => {
    const { body } = await agent.api('GET', `/api/events?type=order.placed&after=0&limit=5`, { key: tenant.key });
    return body.items?.length > 0;
  };
  const free = async () => { const { bavail, blocks } = await statfs(disk); return bavail / blocks; };
  await send(green);

  const full = await sendUntil('blue is refused', blue, (answer) => answer.status !== 200 && answer);
  refused(full, 507, 'storage_full');
  assert.match(full.body.detail, /share|disk/);
  assert.ok(await free() > 0.01, 'the reserve is there');
  assert.equal((await send(green)).status, 200, 'who is below its share goes on');
  assert.ok(await readable(blue), 'reading goes on');

  // Somebody else takes what is left but for a part of the reserve.
  const other = join(disk, 'other');
  const { bavail, bsize, blocks } = await statfs(disk);
  await runToEnd('fallocate', ['-l', `${(bavail - Math.ceil(blocks / 80)) * bsize}`, other]);
  await until('all are refused', async () => (await send(green)).status === 507, 60_000);
  assert.ok(await readable(green) && await readable(blue));
  assert.equal((await agent.json(['log', 'stat', '--tenant', 'green'])).disk, 'reserve');
  assert.equal((await agent.api('GET', '/healthz', { key: null })).status, 200);

  await rm(other);
  await until('green is taken again', async () => (await send(green)).status === 200, 60_000);
  const events = await agent.json(['event', 'list', '--tenant', 'blue', '--type', 'quota.storage.*', '--limit', '50']);
  assert.ok(events.items.some(({ type }) => type === 'quota.storage.refused'), 'the tenant was told');

  const count = async (tenant) => {
    const check = await agent.json(['log', 'verify', '--tenant', tenant.id]);
    assert.equal(check.whole, true);
    const { body } = await agent.api('GET', '/api/metrics/query?metric=events&by=type', { key: tenant.key });
    return body.rows.find(({ type }) => type === 'order.placed').value;
  };
  for (const restarted of [false, true]) {
    if (restarted) {
      await agent.kill();
      await agent.launch();
    }
    assert.deepEqual([await count(blue), await count(green)], [acknowledged.blue, acknowledged.green], 'all that was acknowledged, and no more');
  }
});
