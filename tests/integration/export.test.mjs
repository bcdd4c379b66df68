// The whole log as lines: what the pages show, nobody else's, and never a part that looks whole.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { Agent } from './support/agent.mjs';
import { until } from './support/expect.mjs';

const batch = (from, count) => Array.from({ length: count }, (_, i) => ({
  id: `e${from + i}`, source: '/test', type: (from + i) % 10 ? 'fx.quote.created' : 'user.activity', data: { n: from + i },
}));
const publish = (agent, key, events) => agent.api('POST', '/api/events/batch', { key, json: events });
const parse = (text) => text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
const lines = async (agent, key, query = '') => {
  const answer = await agent.api('GET', `/api/events${query}`, { key, headers: { accept: 'application/x-ndjson' } });
  assert.equal(answer.status, 200, answer.text);
  return parse(answer.text);
};

test('an export has every event once and in order, from journal and segments, and one tenant only', async (t) => {
  const agent = await Agent.start(t, { config: 'eventlog: {journal_bytes: 64KiB}\n' });
  const blue = await agent.tenant('blue');
  const green = await agent.tenant('green');
  for (let from = 0; from < 5000; from += 500) await publish(agent, blue.key, batch(from, 500));
  await publish(agent, green.key, batch(9000, 3));
  await until('blue has segments', async () => (await agent.json(['log', 'stat', '--tenant', 'blue'])).storedBlocks > 0);

  const { stdout } = await agent.notifyctl(['event', 'export', '--tenant', 'blue']);
  const all = parse(stdout);
  assert.deepEqual(all.map(({ sequence }) => sequence), all.map((_, i) => i + 1));
  const own = all.filter(({ source }) => source === '/test');
  assert.deepEqual(own.map(({ data }) => data.n), Array.from({ length: 5000 }, (_, i) => i));
  assert.ok(all.every(({ tenant }) => tenant === 'blue'));

  const { body: page } = await agent.api('GET', '/api/events?after=0&limit=100', { key: blue.key });
  assert.deepEqual(all.slice(0, 100), page.items, 'as the pages show them');
  const rare = await lines(agent, blue.key, '?type=user.activity&limit=200');
  assert.deepEqual(rare.map(({ data }) => data.n), Array.from({ length: 200 }, (_, i) => i * 10));
  const end = await lines(agent, blue.key, `?after=${all.at(-3).epoch}-${all.at(-3).sequence}`);
  assert.deepEqual(end, all.slice(-2));
  assert.deepEqual((await lines(agent, green.key)).filter(({ source }) => source === '/test').map(({ data }) => data.n), [9000, 9001, 9002]);
});

test('another agent imports what was exported', async (t) => {
  const [old, young] = [await Agent.start(t), await Agent.start(t)];
  const blue = await old.tenant('blue');
  await young.tenant('blue');
  await publish(old, blue.key, batch(0, 50));
  const { stdout } = await old.notifyctl(['event', 'export', '--tenant', 'blue', '--type', 'fx.*']);
  const path = join(young.folder, 'blue.ndjson');
  await writeFile(path, stdout);
  await young.json(['event', 'import', '--tenant', 'blue', '-f', path]);
  const { stdout: again } = await young.notifyctl(['event', 'export', '--tenant', 'blue', '--type', 'fx.*']);
  const shape = ({ id, source, type, data }) => ({ id, source, type, data });
  assert.deepEqual(parse(again).map(shape), parse(stdout).map(shape));
  assert.equal(parse(again).length, 45);
});

test('an export is refused before it begins, and one that is cut off says so', async (t) => {
  const agent = await Agent.start(t);
  const blue = await agent.tenant('blue');
  const asks = (query, key = blue.key) => agent.api('GET', `/api/events${query}`, { key, headers: { accept: 'application/x-ndjson' } });
  assert.equal((await asks('?limit=0')).status, 400);
  assert.equal((await asks('?after=1-1')).status, 410, 'a position of another log');
  assert.equal((await asks('', 'nk_wrong')).status, 401);

  for (let from = 0; from < 200_000; from += 1000) {
    await publish(agent, blue.key, batch(from, 1000).map((event) => ({ ...event, data: { n: event.data.n, text: `${event.data.n}`.repeat(30) } })));
  }
  const exporting = agent.notifyctl(['event', 'export', '--tenant', 'blue'], { expect: null });
  await new Promise((resolve) => { setTimeout(resolve, 100); });
  await agent.kill();
  const { code, stderr, stdout } = await exporting;
  if (parse(stdout.slice(0, stdout.lastIndexOf('\n'))).length < 200_000) {
    assert.equal(code, 7, stderr);
    assert.match(stderr, /closed the connection/);
  }
});
