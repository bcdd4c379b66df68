// What the agent counts: /metrics for Prometheus, and exact answers to `metric query`.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { Agent } from './support/agent.mjs';
import { runToEnd } from './support/command.mjs';
import { refused } from './support/expect.mjs';
import { connectHub } from './support/hub.mjs';

const FAMILIES = {
  counter: ['notify_http_requests_total', 'notify_http_errors_total', 'notify_refusals_total', 'notify_connections_near_limit_total', 'notify_events_in_total', 'notify_events_out_total', 'notify_bytes_in_total',
    'notify_bytes_out_total', 'notify_hub_messages_total', 'notify_gateway_requests_total', 'notify_gateway_events_not_stored_total', 'notifications_sent_total',
    'notifications_delivered_total', 'process_cpu_seconds_total'],
  gauge: ['notify_connections', 'notify_users_online', 'notify_events_waiting', 'notify_dedupe_horizon_seconds', 'notify_build_info', 'process_resident_memory_bytes', 'process_open_fds',
    'process_start_time_seconds', 'process_threads'],
  histogram: ['notify_http_request_seconds', 'notify_commit_batch_events', 'notify_commit_seconds', 'notify_render_seconds'],
};

const agent = await Agent.start({ after });
const blue = await agent.tenant('blue');
const green = await agent.tenant('green');
const publish = (key, type, n = 1) => agent.api('POST', '/api/events/batch', { key, json: Array(n).fill({ type, data: 1 }) });
await publish(blue.key, 'order.placed', 30);
await publish(blue.key, 'order.paid', 5);
await publish(green.key, 'order.placed', 7);
await publish(blue.key, 'rate.updated');
await agent.api('GET', '/api/tenants', { key: blue.key });

const scrape = async () => (await agent.api('GET', '/metrics', { key: null })).text;
/** The value of one series, named by some of its labels. */
async function value(family, labels = {}) {
  const lines = (await scrape()).split('\n').filter((line) => line.startsWith(`${family}{`) || line.startsWith(`${family} `));
  const found = lines.filter((line) => Object.entries(labels).every(([name, text]) => line.includes(`${name}="${text}"`)));
  return found.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
const query = async (...args) => (await agent.json(['metric', 'query', ...args])).rows;

test('promtool finds nothing wrong with /metrics', async (t) => {
  const { code, stdout, stderr } = await runToEnd('promtool', ['check', 'metrics'], { stdin: await scrape(), expect: null });
  assert.equal(code, 0, stdout + stderr);
});

test('every family of docs/metrics.md is there, of its type', async () => {
  const text = await scrape();
  for (const [type, names] of Object.entries(FAMILIES)) {
    for (const name of names) assert.match(text, new RegExp(`^# TYPE ${name} ${type}$`, 'm'));
  }
});

test('what entered the log is counted by tenant', async () => {
  assert.ok(await value('notify_events_in_total', { tenant: 'blue' }) >= 36);
  assert.ok(await value('notify_events_in_total', { tenant: 'green' }) >= 7);
});

test('requests are counted by route, method, status and tenant, and timed by route', async () => {
  assert.equal(await value('notify_http_requests_total', { route: '/api/events/batch', method: 'POST', status: '200', tenant: 'blue' }), 3);
  assert.ok(await value('notify_http_request_seconds_count', { route: '/api/events/batch' }) >= 4);
});

test('what callers make up makes no series', async () => {
  const series = async () => new Set((await scrape()).split('\n').filter((line) => line && !line.startsWith('#'))
    .map((line) => line.slice(0, line.lastIndexOf(' '))));
  const ask = (n) => agent.api(n % 2 ? 'GET' : 'PURGE', `/made-up/${n}`, { tenant: `nobody-${n}`, headers: { 'x-correlation-id': `c-${n}` } });
  for (let n = 0; n < 4; ++n) await ask(n);
  const before = await series();
  for (let n = 4; n < 400; ++n) await ask(n);
  const begun = [...await series()].filter((each) => !before.has(each));
  // What the agent does by the clock may count for the first time meanwhile; nothing of a request may.
  assert.deepEqual(begun.filter((each) => /^notify_(http|refusals)|made-up|nobody|PURGE|c-\d/.test(each)), []);
  assert.ok(begun.length < 10, begun.join('\n'));
});

test('refusals are counted by reason', async () => {
  assert.equal(await value('notify_refusals_total', { reason: 'forbidden', tenant: 'blue' }), 1);
  assert.equal(await value('notify_http_errors_total', { code: 'forbidden', tenant: 'blue' }), 1);
});

test('connections are counted while they are open', async (t) => {
  const labels = { tenant: 'blue', transport: 'websockets' };
  const { connection } = await connectHub(t, agent, await agent.token('blue', 'alice'));
  assert.equal(await value('notify_connections', labels), 1);
  await connection.stop();
  for (let open = 1; open !== 0;) open = await value('notify_connections', labels);
});

test('commits are counted and timed', async () => {
  assert.ok(await value('notify_commit_seconds_count') >= 4);
  assert.ok(await value('notify_commit_batch_events_sum') >= 43);
});

test('metric query is exact by tenant and type', async () => {
  const rows = await query('events', '--by', 'tenant,type', '--since', '1h');
  const count = (tenant, type) => rows.find((row) => row.tenant === tenant && row.type === type)?.value;
  assert.deepEqual([count('blue', 'order.placed'), count('blue', 'order.paid'), count('green', 'order.placed'), count('green', 'order.paid')], [30, 5, 7, undefined]);
});

test('metric query sums what is not asked apart', async () => {
  const byType = await query('events', '--tenant', 'blue', '--by', 'type', '--since', '1h');
  const [row] = await query('events', '--tenant', 'blue', '--by', 'tenant', '--since', '1h');
  assert.deepEqual([row.tenant, row.value], ['blue', byType.reduce((sum, each) => sum + each.value, 0)]);
});

test('metric query of a time before everything is empty', async () => {
  assert.deepEqual(await query('events', '--since', '2h', '--until', '1h'), []);
});

test('a tenant sees its own counts only', async () => {
  const { body } = await agent.api('GET', '/api/metrics/query?metric=events&by=tenant,type', { key: green.key });
  assert.deepEqual([...new Set(body.rows.map((row) => row.tenant))], ['green']);
});

test('an unknown metric is refused', async () => {
  refused(await agent.api('GET', '/api/metrics/query?metric=dreams', { key: blue.key }), 400, 'invalid_argument');
});

test('exact counts outlive a crash', async () => {
  await agent.kill();
  await agent.launch();
  const rows = await query('events', '--by', 'tenant,type', '--since', '1h');
  assert.equal(rows.find((row) => row.tenant === 'blue' && row.type === 'order.placed').value, 30);
});
