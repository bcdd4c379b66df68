// Event sourcing: streams with versions and optimistic concurrency, read from a version or a snapshot,
// over kill -9 too.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { Agent } from './support/agent.mjs';
import { refused, until } from './support/expect.mjs';

/** A journal so small that much of what a test publishes is moved to segments. */
const agent = await Agent.start({ after }, { config: 'eventlog: {journal_bytes: 64KiB}\n' });
const blue = await agent.tenant('blue');
const green = await agent.tenant('green');
const api = (method, path, options = {}) => agent.api(method, path, { key: blue.key, ...options });
const append = (stream, expected, more = {}, options = {}) => api(
  'POST', `/api/events/publish${expected === undefined ? '' : `?expectedVersion=${expected}`}`,
  { json: { type: 'order.changed', stream, data: {}, ...more }, ...options });
const appended = async (...args) => {
  const answer = await append(...args);
  assert.equal(answer.status, 202, answer.text);
  return answer.body;
};
const read = async (stream, query = '') => {
  const answer = await api('GET', `/api/streams/${stream}${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
};
const versions = ({ items }) => items.map((event) => event.streamversion);

test('events of a stream get the next version, and every answer shows it', async () => {
  assert.equal((await appended('a', 'none', { id: 'a1' })).streamVersion, 1);
  assert.equal((await appended('a', 1, { id: 'a2' })).streamVersion, 2);
  assert.equal((await appended('a', 'any', { id: 'a3' })).streamVersion, 3);
  assert.equal((await appended('a', undefined, { id: 'a4', expectedVersion: 3 })).streamVersion, 4);
  assert.equal((await appended('a', undefined, { id: 'a5', streamversion: 5 })).streamVersion, 5);
  assert.ok(!('streamVersion' in await appended(undefined)), 'not of an event without a stream');

  const shown = { stream: 'a', streamversion: 2 };
  const pick = ({ stream, streamversion }) => ({ stream, streamversion });
  assert.deepEqual(pick((await api('GET', '/api/events/a2')).body), shown);
  assert.deepEqual(pick((await api('GET', '/api/events?stream=a&after=0')).body.items[1]), shown);
  assert.deepEqual(versions(await read('a')), [1, 2, 3, 4, 5]);
  await api('POST', '/api/consumers', { json: { name: 'c', types: ['order.*'], after: '0' } });
  const { items } = (await api('POST', '/api/consumers/c/fetch', { json: { max: 2 } })).body;
  assert.deepEqual(pick(items[1]), shown);
  const { stdout } = await agent.notifyctl(['event', 'list', '--tenant', 'blue', '--stream', 'a', '-o', 'ndjson']);
  assert.deepEqual(pick(JSON.parse(stdout.split('\n')[1])), shown);
});

test('a writer that expects another version is told the current one', async () => {
  await appended('b', 'none', { id: 'b1' });
  for (const expected of ['none', 0, 7]) {
    const problem = refused(await append('b', expected), 409, 'stream_version_conflict');
    assert.equal(problem.currentVersion, 1);
  }
  assert.equal(refused(await append('b', undefined, { streamversion: 1 }), 409, 'stream_version_conflict').currentVersion, 1);
  assert.equal(refused(await append('new', 3), 409, 'stream_version_conflict').currentVersion, 0);
  assert.deepEqual(versions(await read('b')), [1], 'nothing was stored');
  const { code, stderr } = await agent.notifyctl(
    ['event', 'publish', '--tenant', 'blue', '--type', 'a.b', '--stream', 'b', '--expected-version', '9'], { expect: null });
  assert.deepEqual([code, /version 1/.test(stderr)], [5, true], stderr);
});

test('a repeated success is a duplicate and never a conflict', async () => {
  const first = await appended('c', 'none', { id: 'c1' });
  await appended('c', 1, { id: 'c2' });
  const again = await appended('c', 'none', { id: 'c1' });
  assert.deepEqual([again.duplicate, again.sequence, again.streamVersion], [true, first.sequence, 1]);
  const key = { headers: { 'Idempotency-Key': 'k' } };
  assert.equal((await appended('c', 2, {}, key)).duplicate, false);
  assert.equal((await appended('c', 2, {}, key)).duplicate, true);
  assert.equal((await read('c')).version, 3);
});

test('in a batch a conflict costs the event and those behind it in its stream', async () => {
  await appended('d', 'none', { id: 'd1' });
  const lines = [
    { type: 'a.b', stream: 'd', expectedVersion: 0 },
    { type: 'a.b', stream: 'd', streamversion: 2 },
    { type: 'a.b', stream: 'd2', expectedVersion: 'none' },
    { type: 'a.b' },
    { type: 'a.b', stream: 'd2', streamversion: 2 },
  ].map((event) => JSON.stringify(event)).join('\n');
  const { body } = await api('POST', '/api/events/batch', { body: lines, headers: { 'Content-Type': 'application/x-ndjson' } });
  assert.equal(body.accepted, 3);
  assert.deepEqual(body.rejected.map(({ index, code, currentVersion }) => [index, code, currentVersion]),
    [[0, 'stream_version_conflict', 1], [1, 'stream_version_conflict', 1]]);
  assert.equal(body.lastSequence - body.firstSequence, 2, 'what is accepted is contiguous');
  assert.deepEqual(versions(await read('d2')), [1, 2]);
});

test('what is no expectation is refused before anything is stored', async () => {
  for (const bad of ['-1', '1.5', 'some', '', '9007199254740992']) {
    refused(await append('e', encodeURIComponent(bad)), 400, 'invalid_argument');
  }
  refused(await append(undefined, 1), 400, 'invalid_event');
  refused(await append('e', undefined, { expectedVersion: -1 }), 400, 'invalid_event');
  refused(await append('e', undefined, { streamversion: 0 }), 400, 'invalid_event');
  refused(await append(undefined, undefined, { streamversion: 1 }), 400, 'invalid_event');
  refused(await append('e', 1, { streamversion: 9 }), 400, 'invalid_event');
  refused(await append('e', 1, { scheduledat: '2999-01-01T00:00:00Z' }), 400, 'invalid_event');
  refused(await api('POST', '/api/events/batch?expectedVersion=1', { json: [] }), 400, 'invalid_argument');
  refused(await api('GET', '/api/streams/e'), 404, 'not_found');
  refused(await api('GET', '/api/streams/e/head'), 404, 'not_found');
});

test('a stream is read from any version, page by page', async () => {
  await api('POST', '/api/events/batch', { json: Array.from({ length: 25 }, (_, i) => ({ type: 'a.b', stream: i % 5 ? 'f' : 'other', data: { i } })) });
  const first = await read('f', '?limit=8');
  assert.deepEqual([versions(first), first.version], [[1, 2, 3, 4, 5, 6, 7, 8], 20]);
  const second = await read('f', `?limit=8&cursor=${first.next}`);
  assert.deepEqual(versions(second), [9, 10, 11, 12, 13, 14, 15, 16]);
  const last = await read('f', `?limit=8&cursor=${second.next}`);
  assert.deepEqual([versions(last), last.next], [[17, 18, 19, 20], null]);
  assert.deepEqual(versions(await read('f', '?fromVersion=19')), [19, 20]);
  assert.deepEqual(versions(await read('f', '?fromVersion=20')), [20]);
  const behind = await read('f', '?fromVersion=21');
  assert.deepEqual([behind.items, behind.version, behind.next], [[], 20, null]);
  for (const bad of ['fromVersion=-1', 'fromVersion=x', 'limit=0', 'fromSnapshot=maybe', 'fromVersion=1&fromSnapshot=true', 'cursor=x']) {
    refused(await api('GET', `/api/streams/f?${bad}`), 400, 'invalid_argument');
  }
  refused(await api('GET', `/api/streams/other?cursor=${first.next}`), 400, 'invalid_argument');
  refused(await agent.api('GET', `/api/streams/f?cursor=${first.next}`, { key: green.key }), 400, 'invalid_argument');
});

test('a snapshot is where reading can begin', async () => {
  for (let n = 0; n < 5; ++n) await appended('g', n);
  const put = (version, body, query = '') => api('PUT', `/api/streams/g/snapshot?version=${version}${query}`,
    { body, headers: { 'Content-Type': 'application/json' } });
  const none = await read('g', '?fromSnapshot=true');
  assert.deepEqual([none.snapshot, versions(none)], [null, [1, 2, 3, 4, 5]]);
  refused(await api('GET', '/api/streams/g/snapshot'), 404, 'not_found');

  const text = '{"total": 1.50, "big": 12345678901234567890123}';
  assert.equal((await put(3, text)).status, 200);
  const got = await api('GET', '/api/streams/g/snapshot');
  assert.ok(got.text.includes(text), 'byte for byte');
  const page = await read('g', '?fromSnapshot=true&limit=1');
  assert.deepEqual([page.snapshot.version, versions(page)], [3, [4]]);
  assert.deepEqual(versions(await read('g', `?fromSnapshot=true&limit=1&cursor=${page.next}`)), [5]);

  assert.equal((await put(5, '{}')).status, 200);
  assert.deepEqual((await read('g', '?fromSnapshot=true')).items, []);
  assert.equal((await api('GET', '/api/streams/g/head')).body.snapshot.version, 5);
  refused(await put(4, '{}'), 409, 'conflict');
  assert.equal((await put(4, '{}', '&force=true')).status, 200);
  assert.equal(refused(await put(6, '{}'), 409, 'stream_version_conflict').currentVersion, 5);
  refused(await put(1, '{} {}'), 400, 'invalid_json');
  refused(await put(0, '{}'), 400, 'invalid_argument');
  refused(await put('', '{}'), 400, 'invalid_argument');
  refused(await put(5, `"${'x'.repeat(1 << 20)}"`), 413, 'body_too_large');
  refused(await api('PUT', '/api/streams/none/snapshot?version=1', { body: '{}', headers: { 'Content-Type': 'application/json' } }), 404, 'not_found');

  await appended('g', 5);
  await agent.kill();
  await agent.launch();
  const after = await read('g', '?fromSnapshot=true');
  assert.deepEqual([after.snapshot.version, versions(after)], [4, [5, 6]]);
  assert.equal((await api('DELETE', '/api/streams/g/snapshot')).status, 200);
  refused(await api('DELETE', '/api/streams/g/snapshot'), 404, 'not_found');
});

test('the command line reads streams and keeps snapshots', async () => {
  for (let n = 0; n < 3; ++n) await appended('h', n, { id: `h${n}` });
  const cli = (...args) => agent.json(['stream', ...args, '--tenant', 'blue']);
  assert.deepEqual([(await cli('get', 'h')).version, (await cli('get', 'h')).lastEvent.id], [3, 'h2']);
  assert.deepEqual(versions(await cli('read', 'h', '--from-version', '2')), [2, 3]);
  const file = join(agent.folder, 'state.json');
  await writeFile(file, '{"n":1}');
  assert.equal((await cli('snapshot', 'put', 'h', '--version', '2', '-f', file)).version, 2);
  const page = await cli('read', 'h', '--from-snapshot');
  assert.deepEqual([page.snapshot.data, versions(page)], [{ n: 1 }, [3]]);
  assert.equal((await agent.notifyctl(['stream', 'get', 'nothing', '--tenant', 'blue'], { expect: null })).code, 3);
  assert.equal((await cli('snapshot', 'delete', 'h', '--yes')).deleted, true);
});

test('one tenant never sees another stream of the same name', async () => {
  await appended('shared', 'none', { id: 'x' });
  refused(await agent.api('GET', '/api/streams/shared', { key: green.key }), 404, 'not_found');
  refused(await agent.api('GET', '/api/streams/shared/snapshot', { key: green.key }), 404, 'not_found');
  const own = await agent.api('POST', '/api/events/publish?expectedVersion=none',
    { key: green.key, json: { type: 'a.b', stream: 'shared', id: 'y' } });
  assert.deepEqual([own.status, own.body.streamVersion], [202, 1]);
  assert.equal((await read('shared')).items[0].id, 'x');
  refused(await agent.api('GET', '/api/streams/shared', { key: green.key, headers: { 'X-Tenant': 'blue' } }), 403, 'tenant_mismatch');
});

test('an exported stream is imported with its versions, from wherever it begins', async () => {
  const line = (event) => JSON.stringify(event);
  const history = [7, 8, 9].map((streamversion) => line({ specversion: '1.0', id: `i${streamversion}`, type: 'a.b', source: '/s', stream: 'old', streamversion }));
  const importing = await api('POST', '/api/events/import?import=one', { body: history.join('\n'), headers: { 'Content-Type': 'application/x-ndjson' } });
  assert.equal(importing.body.accepted, 3, importing.text);
  assert.equal((await appended('old', 9)).streamVersion, 10);
  const gap = refused(await api('GET', '/api/streams/old'), 410, 'gap');
  assert.ok(gap.hint.includes('fromVersion=7'), gap.hint);
  assert.deepEqual(versions(await read('old', '?fromVersion=7')), [7, 8, 9, 10]);
});

test('a version that a scheduled event must get is checked when it is sent', async () => {
  const at = () => new Date(Date.now() + 1500).toISOString();
  const good = await append('later', undefined, { id: 'good', streamversion: 2, scheduledat: at() });
  const bad = await append('later', undefined, { id: 'bad', streamversion: 1, scheduledat: at() });
  assert.deepEqual([good.status, bad.status], [202, 202]);
  await appended('later', 'none', { id: 'first' });
  const status = (id) => until(`${id} has ended`, async () => {
    const { body } = await api('GET', `/api/events/status/${id}`);
    return ['COMPLETED', 'FAILED'].includes(body.status) && body;
  });
  assert.equal((await status('good')).status, 'COMPLETED');
  const failed = await status('bad');
  assert.equal(failed.status, 'FAILED');
  assert.match(failed.detail, /version/);
  assert.deepEqual((await read('later')).items.map(({ id }) => id), ['first', 'good']);
});

test('old events of a stream are read as upcasters lift them, and raw as they are stored', async () => {
  const schema = (required) => api('PUT', '/api/schemas/lifted.made?compatibility=none',
    { body: JSON.stringify({ type: 'object', required: [required] }), headers: { 'Content-Type': 'application/schema+json' } });
  await schema('sum');
  await appended('lifted', 'none', { type: 'lifted.made', data: { sum: 1 } });
  await schema('amount');
  await appended('lifted', 1, { type: 'lifted.made', data: { amount: 2 } });
  const patch = { patch: [{ op: 'move', from: '/sum', path: '/amount' }] };
  assert.equal((await api('PUT', '/api/schemas/lifted.made/upcasters/1', { json: patch })).status, 200);
  const data = async (query) => (await read('lifted', query)).items.map((event) => [event.streamversion, event.data]);
  assert.deepEqual(await data(''), [[1, { amount: 1 }], [2, { amount: 2 }]]);
  assert.deepEqual(await data('?raw=true'), [[1, { sum: 1 }], [2, { amount: 2 }]]);
  refused(await api('GET', '/api/streams/lifted?raw=yes'), 400, 'invalid_argument');
});

test('writers with optimistic concurrency lose no update, whatever is killed', { timeout: 110_000 }, async (t) => {
  const WRITERS = 8;
  const EACH = 15;
  const STREAM = 'counter';
  const quietly = async (request) => {
    try {
      return await request();
    } catch (error) {
      if (error instanceof TypeError || error instanceof SyntaxError) return null;  // Cut off: nobody knows.
      throw error;
    }
  };
  let conflicts = 0;
  /** Adds one to a number that is the sum of a stream, as a command handler does. */
  async function add(writer, n) {
    const id = `${writer}-${n}`;
    for (;;) {
      const page = await quietly(() => api('GET', `/api/streams/${STREAM}?limit=1000`));
      if (!page || ![200, 404].includes(page.status)) { await wait(10); continue; }
      const items = page.status === 404 ? [] : page.body.items;
      if (items.some((event) => event.id === id)) return;  // It was stored before the cut.
      const expected = items.length;
      const answer = await quietly(() => append(STREAM, expected, { id, data: { sum: expected + 1 } }));
      if (answer?.status === 202) return;
      if (answer?.status === 409) conflicts += 1;
      else await wait(10);
    }
  }
  const running = Promise.all(Array.from({ length: WRITERS }, async (_, writer) => {
    for (let n = 0; n < EACH; ++n) await add(writer, n);
  }));
  let done = false;
  running.then(() => { done = true; }, () => { done = true; });
  for (let round = 0; round < 8 && !done; ++round) {
    await wait(150 + round * 40);
    await agent.kill();
    await agent.launch();
  }
  await running;
  const { items, version } = await read(STREAM, '?limit=1000');
  assert.equal(version, WRITERS * EACH);
  assert.deepEqual(versions({ items }), Array.from({ length: version }, (_, i) => i + 1));
  assert.equal(new Set(items.map(({ id }) => id)).size, version, 'each once');
  items.forEach((event) => assert.equal(event.data.sum, event.streamversion, 'it was decided on what was there'));
  t.diagnostic(`${conflicts} conflicts`);
});
