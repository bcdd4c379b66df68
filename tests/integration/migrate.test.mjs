// An old database of one tenant, split by a column.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { Agent } from './support/agent.mjs';

const agent = await Agent.start({ after });

/** A folder with a description and its tables; returns the description's path. */
async function dump(name, description, tables) {
  const folder = join(agent.folder, name);
  await mkdir(folder);
  for (const [file, text] of Object.entries(tables)) await writeFile(join(folder, file), text);
  await writeFile(join(folder, 'old.yaml'), description);
  return join(folder, 'old.yaml');
}
const migrate = (path, ...more) => agent.notifyctl(['migrate', 'single-to-multi', '-f', path, '-o', 'json', ...more], { expect: null });
const done = async (path, ...more) => {
  const result = await migrate(path, ...more);
  assert.equal(result.code, 0, result.stderr);
  return JSON.parse(result.stdout);
};
const eventsOf = async (tenant, type) => {
  const { stdout } = await agent.notifyctl(['event', 'list', '--tenant', tenant, '--after', '0', '--limit', '100000', '--type', type, '-o', 'ndjson']);
  return stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));
};
const counted = async (tenant, metric, by) =>
  Object.fromEntries((await agent.json(['metric', 'query', metric, '--tenant', tenant, '--by', by, '--since', '2024-01-01T00:00:00Z', '--until', '2025-01-01T00:00:00Z'])).rows.map((row) => [row[by], row.value]));

const DESCRIPTION = (prefix) => `
tenant: org
tenants: {"7": ${prefix}-blue, "8": ${prefix}-green}
tables:
  orders:
    file: orders.csv
    as: events
    type: {value: order.paid}
    id: {column: id, prefix: order/}
    time: {column: paid_at, format: sql}
    userid: customer
    data: {amount: {column: amount, as: number}}
  sent:
    file: sent.ndjson
    as: notifications
    id: id
    channel: channel
    userid: to
    status: {column: state, values: {ok: DELIVERED, bad: FAILED, wait: PENDING}}
    created: {column: made, format: unix}
    ended: {column: over, format: unix}
  daily:
    file: daily.csv
    as: analytics
    key: what
    time: {column: day, format: sql}
    count: n
  subscriptions:
    file: subscriptions.csv
    as: subscriptions
`;
const TABLES = {
  'orders.csv': 'id,org,paid_at,customer,amount\n1,7,2024-02-01 10:00:00,ann,5\n2,8,2024-02-01 11:00:00,bob,6.50\n3,7,2024-02-02 10:00:00,ann,7\n',
  'sent.ndjson': [
    { id: 1, org: 7, channel: 'email', to: 'ann', state: 'ok', made: 1706781600, over: 1706781605 },
    { id: 2, org: 8, channel: 'sms', to: 'bob', state: 'bad', made: 1706785200, over: 1706785210 },
    { id: 3, org: 7, channel: 'email', to: 'ann', state: 'wait', made: 1706868000, over: null },
  ].map((row) => `${JSON.stringify(row)}\n`).join(''),
  'daily.csv': 'org,day,what,n\n7,2024-01-15,user.activity,120\n7,2024-01-16,user.activity,80\n8,2024-01-15,user.activity,9\n8,2024-01-16,user.activity,0\n',
  'subscriptions.csv': 'org,user,topic\n7,ann,fx\n7,abe,fx\n8,bob,rates\n',
};

test('the plan shows what each tenant would get, and creates nothing', async () => {
  const path = await dump('plan', DESCRIPTION('plan'), TABLES);
  const plan = await done(path, '--plan');
  assert.deepEqual(plan.tenants.map(({ tenant, state, events, rows }) => ({ tenant, state, events, rows })), [
    { tenant: 'plan-blue', state: 'missing', events: 7, rows: { daily: 2, orders: 2, sent: 2, subscriptions: 2 } },
    { tenant: 'plan-green', state: 'missing', events: 4, rows: { daily: 2, orders: 1, sent: 1, subscriptions: 1 } },
  ]);
  assert.deepEqual(plan.notMigrated.map(({ table, kind, rows }) => ({ table, kind, rows })), [{ table: 'subscriptions', kind: 'subscriptions', rows: 3 }]);
  assert.deepEqual((await agent.json(['tenant', 'list', '--limit', '1000'])).items.filter(({ id }) => id.startsWith('plan-')), []);
});

test('tenants that do not exist are made only when that is said', async () => {
  const path = await dump('missing', DESCRIPTION('missing'), TABLES);
  const refused = await migrate(path);
  assert.equal(refused.code, 3);
  assert.match(refused.stderr, /missing-blue, missing-green.*--create-tenants/s);
});

test('each tenant gets its own rows with their times, and its counts are verified', async () => {
  const path = await dump('move', DESCRIPTION('move'), TABLES);
  const report = await done(path, '--create-tenants');
  assert.deepEqual(report.tenants.map(({ tenant, state, accepted, duplicates, verified }) => ({ tenant, state, accepted, duplicates, verified })), [
    { tenant: 'move-blue', state: 'created', accepted: 7, duplicates: 0, verified: true },
    { tenant: 'move-green', state: 'created', accepted: 4, duplicates: 0, verified: true },
  ]);
  const orders = await eventsOf('move-blue', 'order.paid');
  assert.deepEqual(orders.map(({ id, time, userid, data }) => ({ id, time, userid, data })), [
    { id: 'order/1', time: '2024-02-01T10:00:00Z', userid: 'ann', data: { amount: 5 } },
    { id: 'order/3', time: '2024-02-02T10:00:00Z', userid: 'ann', data: { amount: 7 } },
  ]);
  assert.ok(!JSON.stringify(orders).includes('"org"'));
  assert.deepEqual((await eventsOf('move-green', 'order.paid')).map(({ data }) => data), [{ amount: 6.5 }]);
});

test('reports of the past are those of the old database', async () => {
  assert.deepEqual(await counted('move-blue', 'events', 'type'), { 'notification.created': 2, 'notification.delivered': 1, 'order.paid': 2, 'user.activity': 200 });
  assert.deepEqual(await counted('move-blue', 'notifications', 'channel'), { email: 2 });
  assert.deepEqual(await counted('move-green', 'deliveries', 'status'), { FAILED: 1 });
  assert.deepEqual(await counted('move-green', 'events', 'type'), { 'delivery.failed': 1, 'notification.created': 1, 'order.paid': 1, 'user.activity': 9 });
});

test('what the agent holds no place for is said and kept', async () => {
  const folder = join(agent.folder, 'move/old.yaml.work');
  assert.equal(await readFile(join(folder, 'not-held.move-blue.subscriptions.ndjson'), 'utf8'), '{"user":"ann","topic":"fx"}\n{"user":"abe","topic":"fx"}\n');
  const { stderr } = await agent.notifyctl(['migrate', 'single-to-multi', '-f', join(agent.folder, 'move/old.yaml')]);
  assert.match(stderr, /Not migrated: 3 rows of subscriptions/);
});

test('doing it again stores nothing twice', async () => {
  const report = await done(join(agent.folder, 'move/old.yaml'));
  assert.ok(report.tenants.every(({ verified }) => verified));
  assert.equal((await eventsOf('move-blue', '*')).filter(({ imported }) => imported).length, 7);
});

test('a bad row stops it before anything has reached the agent', async () => {
  const path = await dump('bad', DESCRIPTION('bad'), { ...TABLES, 'orders.csv': `${TABLES['orders.csv']}4,7,yesterday,ann,1\n` });
  const stopped = await migrate(path, '--create-tenants');
  assert.equal(stopped.code, 8);
  assert.match(stopped.stderr, /orders\.csv, line 5: 'time': 'yesterday'.*Nothing was migrated/s);
  assert.deepEqual((await agent.json(['tenant', 'list', '--limit', '1000'])).items.filter(({ id }) => id.startsWith('bad-')), []);
  const report = await done(path, '--create-tenants', '--on-error', 'skip');
  assert.equal(report.bad, 1);
  assert.match(await readFile(`${path}.work/rejected.ndjson`, 'utf8'), /^4,7,yesterday/);
});

test('rows of nobody are left out and counted, or go to the default tenant', async () => {
  const tables = { 'e.csv': 'org,n\nd-one,1\n,2\n' };
  const description = 'tables:\n  e: {file: e.csv, as: events, tenant: org, type: {value: a.b}}\n';
  const without = await done(await dump('nobody', description, tables), '--create-tenants');
  assert.deepEqual([without.withoutTenant, without.tenants.map(({ tenant }) => tenant)], [1, ['d-one']]);
  const given = await done(await dump('given', description, tables), '--create-tenants', '--default-tenant', 'd-rest');
  assert.deepEqual([given.withoutTenant, given.tenants.map(({ tenant }) => tenant)], [0, ['d-one', 'd-rest']]);
  assert.deepEqual((await eventsOf('d-rest', 'a.b')).map(({ data }) => data), [{ n: '2' }]);
});

test('a description that is wrong says where', async () => {
  const cases = [
    ['tables:\n  e: {file: e.csv, as: rows, tenant: org}\n', /tables\.e\.as: 'rows' is none of/],
    ['tables:\n  e: {file: e.csv, as: events, tenant: org, type: {value: a.b}, id: nn}\n', /no column 'nn'/],
    ['tables:\n  e: {file: e.csv, as: events, type: {value: a.b}}\n', /which column/],
    ['tabels: {}\n', /no `tables`/],
  ];
  for (const [n, [description, message]] of cases.entries()) {
    const result = await migrate(await dump(`wrong-${n}`, description, { 'e.csv': 'org,n\na,1\n' }), '--plan');
    assert.equal(result.code, 8, result.stdout);
    assert.match(result.stderr, message);
  }
});

test('killed in the middle, it goes on where it ended', async (t) => {
  const ROWS = 10_000;
  const rows = Array.from({ length: ROWS }, (_, n) => `k-${n % 2 ? 'odd' : 'even'},${n}\n`).join('');
  const path = await dump('killed', 'tables:\n  e: {file: e.csv, as: events, tenant: org, type: {value: a.b}, data: {n: {column: n, as: number}}}\n', { 'e.csv': `org,n\n${rows}` });
  for (let round = 0; ; ++round) {
    const command = agent.follow(t, ['migrate', 'single-to-multi', '-f', path, '--create-tenants']);
    const ended = await Promise.race([command.closed, wait(100 + 200 * round, 'late')]);
    if (ended !== 'late') {
      assert.equal(ended, 0, command.stderr);
      break;
    }
    await command.end('SIGKILL');
  }
  assert.ok(existsSync(`${path}.work/split.json`));
  for (const [tenant, first] of [['k-even', 0], ['k-odd', 1]]) {
    assert.deepEqual((await eventsOf(tenant, 'a.b')).map(({ data }) => data.n), Array.from({ length: ROWS / 2 }, (_, n) => 2 * n + first));
  }
});
