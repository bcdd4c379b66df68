// What the agent leaves on disk: read by a second implementation, damaged, and filled up.

import assert from 'node:assert/strict';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Agent } from './support/agent.mjs';
import { runToEnd } from './support/command.mjs';
import { until } from './support/expect.mjs';

const READER = fileURLToPath(new URL('../log_reader/read_log.py', import.meta.url));
/** A journal so small that most of what a test publishes is moved to segments. */
const SMALL_JOURNAL = { config: 'eventlog: {journal_bytes: 64KiB}\n' };

const readLog = (agent, ...args) => runToEnd('/usr/bin/python3', [READER, agent.dataDir, ...args], { expect: null });
const publish = (agent, key, events) => agent.api('POST', '/api/events/batch', { key, json: events });
const batch = (from, count, more = {}) => Array.from({ length: count }, (_, i) => ({
  id: `e${from + i}`, source: '/test', type: i % 3 ? 'fx.quote.created' : 'user.activity', subject: 'USD/EUR',
  data: { n: from + i, text: `value ${(from + i) * 7919 % 1000}`, big: 'x'.repeat((from + i) % 50) }, ...more,
}));
const segments = async (agent, tenant) => (await readdir(join(agent.dataDir, 'tenants', tenant, 'log'))).filter((name) => name.endsWith('.seg'));

async function all(agent, key) {
  const events = [];
  for (let cursor = ''; cursor !== null;) {
    const { body } = await agent.api('GET', `/api/events?after=0&limit=1000${cursor && `&cursor=${cursor}`}`, { key });
    events.push(...body.items);
    cursor = body.next;
  }
  return events;
}

test('a reader in Python finds in journals and segments what the agent shows, and checks every seal', async (t) => {
  const agent = await Agent.start(t, SMALL_JOURNAL);
  const blue = await agent.tenant('blue');
  const green = await agent.tenant('green');
  for (let round = 0; round < 30; round += 1) {
    await publish(agent, blue.key, batch(round * 100, 100));
    await publish(agent, blue.key, batch(round * 100, 50));  // All of them duplicates.
    await publish(agent, blue.key, batch(10_000 + round * 20, 20).map((event, i) => ({ ...event, stream: `s${i % 7}` })));
    await publish(agent, blue.key, [...batch(20_000 + round, 1, { stream: 's0', expectedVersion: 'none' }), ...batch(30_000 + round, 1)]);  // Half of it refused.
    for (let i = 0; i < 5; i += 1) await publish(agent, green.key, batch(round * 5 + i, 1, { xnumber: i, data: undefined, data_base64: 'AAEC' }));
  }
  await until('blue has segments', async () => (await segments(agent, 'blue')).length);
  const stat = await agent.json(['log', 'stat', '--tenant', 'blue']);
  assert.ok(stat.storedBlocks > 0 && stat.keys > 0, JSON.stringify(stat));
  const check = await agent.json(['log', 'verify', '--tenant', 'blue']);
  assert.deepEqual([check.whole, check.events, check.damaged], [true, stat.lastSequence, []]);
  const expected = { blue: await all(agent, blue.key), green: await all(agent, green.key) };
  await agent.stop();

  const { code, stdout, stderr } = await readLog(agent);
  assert.equal(code, 0, stderr);
  const lines = stdout.trim().split('\n').map((line) => JSON.parse(line));
  for (const tenant of ['blue', 'green']) {
    const read = lines.filter((line) => line.tenant === tenant);
    assert.equal(read.length, expected[tenant].length);
    read.forEach((line, i) => {
      const shown = expected[tenant][i];
      assert.deepEqual([line.epoch, line.sequence, line.attributes.id, line.attributes.type], [shown.epoch, shown.sequence, shown.id, shown.type]);
      assert.equal(line.recordedMs, Date.parse(shown.recordedtime));
      assert.deepEqual([line.attributes.stream, line.attributes.streamversion], [shown.stream, shown.streamversion && String(shown.streamversion)]);
      assert.deepEqual(line.data && shown.data ? JSON.parse(line.data) : line.data, shown.data ?? shown.data_base64 ?? null);
    });
  }
});

test('a byte that a disk changes is found, costs its block only, and is told as a gap', async (t) => {
  const agent = await Agent.start(t, SMALL_JOURNAL);
  const { key } = await agent.tenant('blue');
  for (let round = 0; round < 12; round += 1) {
    const { body } = await publish(agent, key, batch(round * 1000, 1000));
    assert.equal(body.accepted, 1000, 'a journal that is full for a moment makes nobody fail');
  }
  await until('blue has a segment', async () => (await segments(agent, 'blue')).length);
  await agent.stop();

  const file = await open(join(agent.dataDir, 'tenants', 'blue', 'log', '00000001.seg'), 'r+');
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, 2000);
  await file.write(Buffer.from([byte[0] ^ 0x10]), 0, 1, 2000);
  await file.close();
  assert.equal((await readLog(agent, '--check')).code, 1);

  await agent.launch();
  const gap = await agent.api('GET', '/api/events?after=0&limit=1000', { key });
  assert.equal(gap.status, 410, gap.text);
  assert.equal(gap.body.code, 'gap');
  const { code, stdout, stderr } = await agent.notifyctl(['log', 'verify', '--tenant', 'blue', '-o', 'json'], { expect: 1 });
  const { damaged, damagedEvents } = JSON.parse(stdout);
  assert.deepEqual([code, damaged.length, damagedEvents > 0], [1, 1, true], stderr);
  const tail = await agent.json(['event', 'list', '--tenant', 'blue', '--limit', '1000']);
  assert.equal(tail.items.at(-1).data.n, 11_999);
  assert.equal((await publish(agent, key, batch(20_000, 1))).body.accepted, 1);
});

test('another number of storage threads finds all that was acknowledged', async (t) => {
  const agent = await Agent.start(t, { env: { NOTIFYD_THREADS__STORAGE: '1' } });
  const { key } = await agent.tenant('blue');
  await publish(agent, key, batch(0, 500));
  await agent.kill();
  agent.options.env = { NOTIFYD_THREADS__STORAGE: '3' };
  await agent.launch();
  assert.equal((await all(agent, key)).filter((event) => event.source === '/test').length, 500);
  assert.equal((await publish(agent, key, batch(0, 500))).body.duplicates, 500);
});
