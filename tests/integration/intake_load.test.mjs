// Everything that touches the intake at once, as fast as it goes: batches and single events, with ids and without,
// of one tenant and of many, above a quota, read by a hub client, while logs are exported, compacted, backed
// up and brought back. `./dev test --tsan` runs it for races; here the counts must add up.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { join } from 'node:path';

import { Agent } from './support/agent.mjs';

const SECONDS = Number(process.env.NOTIFY_LOAD_SECONDS ?? 4);
const agent = await Agent.start({ after });
const seconds = ['--seconds', `${SECONDS}`];

async function ingest(tenant, ...args) {
  const told = await agent.json(['bench', 'ingest', '--tenant', tenant, ...seconds, ...args]);
  assert.equal(told.errors, 0, JSON.stringify(told));
  return told.count;
}

const stored = async (tenant) => {
  const check = await agent.json(['log', 'verify', '--tenant', tenant]);
  assert.equal(check.whole, true, JSON.stringify(check));
  return check.events;
};

test('all at once: every accepted event is stored once, and everybody is served', async () => {
  for (const tenant of ['lines', 'arrays', 'single', 'quiet', 'gone']) await agent.tenant(tenant);
  await agent.notifyctl(['tenant', 'create', 'limited', '--limit', 'eventsPerSecond=1000', '--limit', 'eventsBurst=2000']);
  await agent.api('POST', '/api/events/batch', { tenant: 'gone', json: Array.from({ length: 500 }, () => ({ type: 'a.b' })) });
  const file = join(agent.folder, 'copy.tar');
  await agent.notifyctl(['agent', 'backup', file]);
  await agent.notifyctl(['tenant', 'delete', 'gone', '--yes']);
  const before = Object.fromEntries(await Promise.all(['lines', 'arrays', 'single', 'limited'].map(async (name) => [name, await stored(name)])));

  const above = agent.notifyctl(['bench', 'ingest', '--tenant', 'limited', '--batch', '100', '--rate', '20000', ...seconds, '-o', 'json'], { expect: 1 });
  const care = (async () => {
    assert.deepEqual((await agent.json(['agent', 'restore', file])).restored, ['gone']);
    await agent.notifyctl(['agent', 'backup', join(agent.folder, 'again.tar')]);
    await agent.notifyctl(['log', 'compact', '--tenant', 'lines']);
    await agent.notifyctl(['event', 'export', '--tenant', 'arrays']);
    await agent.notifyctl(['tenant', 'update', 'quiet', '--limit', 'eventsPerSecond=100000']);
  })();
  const [lines, arrays, single, , latency, limited] = await Promise.all([
    ingest('lines', '--ids'), ingest('arrays', '--format', 'json', '--batch', '200'), ingest('single', '--batch', '1', '--connections', '32'),
    agent.json(['bench', 'ingest', '--tenants', '50', '--batch', '10', ...seconds]),
    agent.json(['bench', 'latency', '--tenant', 'quiet', '--rate', '100', ...seconds]), above, care,
  ]);
  assert.equal(latency.errors, 0, JSON.stringify(latency));
  const taken = JSON.parse(limited.stdout);
  assert.ok(taken.errors > taken.count, 'most of it was above the quota');
  assert.match(taken.firstError, /quota_exceeded/);
  const counts = { lines, arrays, single, limited: taken.count };
  for (const [name, count] of Object.entries(counts)) assert.equal(await stored(name) - before[name], count, name);
  assert.ok(await stored('gone') >= 500);
});
