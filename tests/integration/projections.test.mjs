// Projections: state by key that follows the log, is built again while it serves, and survives kill -9.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { Agent } from './support/agent.mjs';
import { refused, until } from './support/expect.mjs';

const BALANCE = {
  name: 'balance', types: ['account.*'], key: '/data/account', removeOn: ['account.closed'],
  fields: {
    balance: [
      { fold: 'sum', of: '/data/amount', on: ['account.credited'] },
      { fold: 'sum', of: '/data/amount', subtract: true, on: ['account.debited'] },
    ],
    moves: { fold: 'count' },
    last: { fold: 'max', of: '/time' },
  },
};
const TIME = '2026-06-30T12:00:00Z';

const agent = await Agent.start({ after });
const blue = await agent.tenant('blue');
const green = await agent.tenant('green');
const api = (method, path, json, { key = blue.key, ...more } = {}) => agent.api(method, path, { key, json, ...more });
const move = (account, amount, type = 'account.credited', tenant = blue) =>
  api('POST', '/api/events/publish', { type, time: TIME, data: { account, amount } }, { key: tenant.key });
const state = (name, key, tenant = blue) =>
  api('GET', `/api/projections/${name}/state?key=${encodeURIComponent(key)}`, undefined, { key: tenant.key });
const get = async (name) => (await api('GET', `/api/projections/${name}`)).body;
const live = (name) => until(`${name} is live`, async () => (await get(name)).status === 'live', 60_000);
/** Publishes credits of 1 to accounts m0 to m99. */
const many = async (events) => {
  for (let n = 0; n < events; n += 5000) {
    const lines = Array.from({ length: 5000 }, (_, i) => JSON.stringify(
      { type: 'account.credited', data: { account: `m${i % 100}`, amount: 1, filler: 'x'.repeat(40) } })).join('\n');
    const { body } = await agent.api('POST', '/api/events/batch', {
      key: blue.key, body: lines, headers: { 'content-type': 'application/x-ndjson' },
    });
    assert.equal(body.accepted, 5000);
  }
};

test('a balance by account follows the log, exactly, without code', async () => {
  await move('a/7', 0.1);
  const made = await api('POST', '/api/projections', BALANCE);
  assert.equal(made.status, 201, made.text);
  assert.deepEqual(made.body.definition.fields, { ...BALANCE.fields });
  await move('a/7', 0.2);
  await move('a/7', 0.05, 'account.debited');
  const { body } = await state('balance', 'a/7');
  assert.deepEqual(body.items.map(({ key, state: held }) => [key, held]),
    [['a/7', { balance: 0.25, moves: 3, last: TIME }]]);
  assert.deepEqual(body.position, body.head);
  await move('a/7', 0, 'account.closed');
  refused(await state('balance', 'a/7'), 404, 'not_found');
});

test('a second tenant sees nothing of it', async () => {
  refused(await state('balance', 'a/7', green), 404, 'not_found');
  assert.deepEqual((await api('GET', '/api/projections', undefined, { key: green.key })).body.items.map((one) => one.name), ['metrics']);
  assert.equal((await api('POST', '/api/projections', BALANCE, { key: green.key })).status, 201);
  await move('canary', 7, 'account.credited', green);
  assert.equal((await state('balance', 'canary', green)).body.items[0].state.balance, 7);
  refused(await state('balance', 'canary'), 404, 'not_found');
  const page = (await api('GET', '/api/projections/balance/state?limit=1')).body;
  await move('one', 1);
  await move('two', 2);
  const first = (await api('GET', '/api/projections/balance/state?limit=1')).body;
  assert.ok(first.next, JSON.stringify(page));
  refused(await api('GET', `/api/projections/balance/state?cursor=${first.next}`, undefined, { key: green.key }), 400, 'invalid_argument');
  const second = (await api('GET', `/api/projections/balance/state?limit=1&cursor=${first.next}`)).body;
  assert.deepEqual([first, second].map(({ items }) => items[0].key).sort(), ['one', 'two']);
  assert.equal(second.next, null);
});

test('a bad definition is refused with a pointer for each mistake', async () => {
  const problem = refused(await api('POST', '/api/projections',
    { name: 'Bad', key: 'a/b', fields: { n: { fold: 'average', of: '/data/n' } }, extra: 1 }), 400, 'invalid_argument');
  assert.deepEqual(problem.errors.map(({ pointer }) => pointer), ['/name', '/key', '/fields/n/fold', '/extra']);
  refused(await api('POST', '/api/projections', BALANCE), 409, 'conflict');
  refused(await api('POST', '/api/projections', { ...BALANCE, name: 'metrics' }), 400, 'invalid_argument');
  refused(await api('GET', '/api/projections/none'), 404, 'not_found');
  refused(await api('POST', '/api/projections/none/rebuild'), 404, 'not_found');
  refused(await api('POST', '/api/projections/balance/rebuild?fromRetained=maybe'), 400, 'invalid_argument');
  refused(await api('DELETE', '/api/projections/metrics'), 409, 'conflict');
});

test('an event that cannot be folded is skipped, counted and told', async () => {
  const before = (await get('balance')).skipped;
  const { body: bad } = await move('x', 'many');
  await move('x', 5);
  assert.equal((await state('balance', 'x')).body.items[0].state.balance, 5);
  const shown = await get('balance');
  assert.equal(shown.skipped, before + 1);
  assert.equal(shown.lastSkipped.position.sequence, bad.sequence);
  assert.match(shown.lastSkipped.reason, /amount.*no number/);
});

test('kill -9 in the middle of a rebuild: the old states serve, the new ones are exact', async () => {
  await many(60_000);
  await live('balance');
  const expected = (await state('balance', 'm7')).body.items[0].state;
  assert.equal(expected.balance, 600);
  const begun = await api('POST', '/api/projections/balance/rebuild');
  assert.equal(begun.status, 202, begun.text);
  let kills = 0;
  for (; kills < 5; ++kills) {
    const shown = await get('balance');
    if (shown.status !== 'rebuilding') break;
    assert.deepEqual((await state('balance', 'm7')).body.items[0].state, expected);
    await agent.kill();
    await agent.launch();
    assert.deepEqual((await state('balance', 'm7')).body.items[0].state, expected);
    const again = await get('balance');
    if (again.rebuild) assert.ok(again.rebuild.position.sequence >= shown.rebuild.position.sequence);
  }
  assert.ok(kills > 0, 'the rebuild was over before it was looked at');
  await live('balance');
  assert.deepEqual((await state('balance', 'm7')).body.items[0].state, expected);
  assert.equal((await state('balance', 'x')).body.items[0].state.balance, 5);
});

test('kill -9 under load neither loses nor doubles an event', async () => {
  let published = 0;
  const before = (await state('balance', 'm0')).body.items[0].state.balance;
  for (let round = 0; round < 4; ++round) {
    await many(5000);
    published += 50;
    await agent.kill();
    await agent.launch();
  }
  await live('balance');
  assert.equal((await state('balance', 'm0')).body.items[0].state.balance, before + published);
});

test('another definition is a rebuild', async () => {
  const fields = { moves: { fold: 'count' } };
  const put = await api('PUT', '/api/projections/balance', { ...BALANCE, fields });
  assert.deepEqual([put.status, put.body.version, put.body.status], [200, 2, 'rebuilding'], put.text);
  await live('balance');
  // What could not be folded before can be now.
  assert.deepEqual((await state('balance', 'x')).body.items[0].state, { moves: 2 });
});

test('the command line registers, queries, rebuilds with --wait, and deletes', async () => {
  const file = join(agent.folder, 'orders.yaml');
  await writeFile(file, 'name: orders\ntypes: [order.*]\nkey: subject\nfields:\n  status: {fold: last, of: /data/status}\n');
  const run = (args, options) => agent.notifyctl(['projection', ...args, '--tenant', 'blue'], options);
  assert.equal((await run(['create', '-f', file, '-o', 'name'])).stdout, 'orders\n');
  await run(['create', '-f', file], { expect: 5 });
  await run(['create', '-f', file, '--if-not-exists']);
  await run(['apply', '-f', file]);
  await api('POST', '/api/events/publish', { type: 'order.paid', subject: 'o-1', data: { status: 'paid' } });
  const one = JSON.parse((await run(['query', 'orders', '--key', 'o-1', '-o', 'json'])).stdout);
  assert.deepEqual([one.key, one.state], ['o-1', { status: 'paid' }]);
  await run(['query', 'orders', '--key', 'o-2'], { expect: 3 });
  const rebuilt = JSON.parse((await run(['rebuild', 'orders', '--wait', '-o', 'json'])).stdout);
  assert.deepEqual([rebuilt.status, rebuilt.rebuild], ['live', null]);
  const names = (await run(['list', '-o', 'name'])).stdout.trim().split('\n');
  assert.deepEqual(names, ['metrics', 'balance', 'orders']);
  await run(['delete', 'orders'], { expect: 2 });
  await run(['delete', 'orders', '--yes']);
  await run(['get', 'orders'], { expect: 3 });
});

test('the built-in projection can be thrown away and is the same again', async () => {
  const counts = async () => (await agent.notifyctl(
    ['metric', 'query', 'events', '--by', 'tenant,type', '-o', 'json'])).stdout;
  const before = await counts();
  const rebuilt = JSON.parse((await agent.notifyctl(
    ['projection', 'rebuild', 'metrics', '--tenant', 'blue', '--wait', '-o', 'json'])).stdout);
  assert.deepEqual([rebuilt.builtin, rebuilt.status], [true, 'live']);
  assert.equal(await counts(), before);
});

test('who may only read cannot register', async () => {
  const { stdout } = await agent.notifyctl(['key', 'create', '--tenant', 'blue', '--role', 'viewer', '-o', 'json']);
  const viewer = JSON.parse(stdout).key;
  refused(await api('POST', '/api/projections', BALANCE, { key: viewer }), 403, 'forbidden');
  assert.equal((await api('GET', '/api/projections/balance', undefined, { key: viewer })).status, 200);
});
