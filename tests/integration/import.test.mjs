// History comes in with its own times, once, whatever dies on the way.

import assert from 'node:assert/strict';
import { createConnection } from 'node:net';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { Agent } from './support/agent.mjs';
import { refused, until } from './support/expect.mjs';
import { connectHub } from './support/hub.mjs';

const agent = await Agent.start({ after });
const file = async (name, text) => {
  const path = join(agent.folder, name);
  await writeFile(path, text);
  return path;
};
const lines = (events) => events.map((event) => `${JSON.stringify(event)}\n`).join('');
const bring = (tenant, path, ...more) => agent.json(['event', 'import', '--tenant', tenant, '-f', path, ...more]);
const eventsOf = async (tenant, ...more) => {
  const { stdout } = await agent.notifyctl(['event', 'list', '--tenant', tenant, '--after', '0', '--limit', '100000', '-o', 'ndjson', ...more]);
  return stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));
};
const post = (tenant, query, body, headers = { 'content-type': 'application/x-ndjson' }) =>
  agent.api('POST', `/api/events/import?${query}`, { tenant, body, headers });
const counted = async (tenant, metric, by, ...more) =>
  (await agent.json(['metric', 'query', metric, '--tenant', tenant, '--by', by, ...more])).rows;

const tellsOrders = async ({ key }) => {
  const put = await agent.api('PUT', '/api/triggers/orders', { key, json: { on: 'order.*', template: 'payment-processed', channels: ['log'], audience: { tenant: true } } });
  assert.equal(put.status, 200, put.text);
};

test('an import keeps the times, marks the events and starts no triggers', async () => {
  const blue = await agent.tenant('blue');
  await tellsOrders(blue);
  const path = await file('orders.ndjson', lines([
    { type: 'order.paid', id: 'o1', time: '2024-01-02T03:04:05Z', data: { n: 1 } },
    { type: 'order.paid', id: 'o2', time: '2024-01-02T03:05:05Z', data: { n: 2 } },
  ]));
  const report = await bring('blue', path);
  assert.deepEqual([report.accepted, report.duplicates, report.rejected, report.complete], [2, 0, 0, true]);
  const [first] = await eventsOf('blue', '--type', 'order.paid');
  assert.deepEqual([first.id, first.time, first.imported, first.firetriggers], ['o1', '2024-01-02T03:04:05Z', true, undefined]);
  const { body } = await agent.api('GET', '/api/events/o1?outcome=true', { key: blue.key });
  assert.match(body.outcome.rules.find((one) => one.rule === 'orders').reason, /imported without firing/);
  assert.deepEqual(await eventsOf('blue', '--type', 'notification.created'), []);
});

test('with --fire-triggers the events are news', async () => {
  const fire = await agent.tenant('fire');
  await tellsOrders(fire);
  const path = await file('news.ndjson', lines([{ type: 'order.paid', data: { amount: '5', currency: 'EUR' } }]));
  await bring('fire', path, '--fire-triggers');
  await until('a notification', async () => (await eventsOf('fire', '--type', 'notification.created')).length > 0);
});

test('history reaches who subscribes, and is broadcast to nobody', async (t) => {
  await agent.tenant('live');
  const token = await agent.token('live', 'alice');
  const { received } = await connectHub(t, agent, token, { methods: ['fx.quote.created'] });
  const path = await file('quotes.ndjson', lines([{ type: 'fx.quote.created', time: '2024-01-01T00:00:00Z', data: {} }]));
  await bring('live', path);
  await agent.notifyctl(['event', 'publish', '--tenant', 'live', '--type', 'fx.quote.created', '--data', '{"new":true}']);
  assert.deepEqual((await received.until('fx.quote.created')).map((event) => event.data), [{ new: true }]);
});

test('reports count history when it happened, and a sum as what it stands for', async () => {
  await agent.tenant('report');
  const path = await file('report.ndjson', lines([
    { type: 'order.paid', time: '2024-01-02T03:04:05Z' },
    { type: 'order.paid', time: '2024-01-02T09:00:00Z', standsfor: 40 },
    { type: 'notification.created', time: '2024-01-02T03:04:05Z', data: { channel: 'email' } },
    { type: 'notification.delivered', time: '2024-01-02T03:04:06Z' },
  ]));
  await bring('report', path);
  const day = ['--since', '2024-01-02T00:00:00Z', '--until', '2024-01-03T00:00:00Z'];
  assert.deepEqual((await counted('report', 'events', 'type', ...day)).find((row) => row.type === 'order.paid').value, 41);
  assert.deepEqual(await counted('report', 'notifications', 'channel', ...day), [{ channel: 'email', value: 1 }]);
  assert.deepEqual(await counted('report', 'deliveries', 'status', ...day), [{ status: 'DELIVERED', value: 1 }]);
  assert.deepEqual((await counted('report', 'events', 'type', '--since', '1h')).filter((row) => row.type === 'order.paid'), []);
});

test('an export of one tenant is an import of another, when that is meant', async () => {
  await agent.tenant('old');
  await agent.tenant('new');
  for (let n = 0; n < 3; ++n) await agent.notifyctl(['event', 'publish', '--tenant', 'old', '--type', 'a.b', '--id', `e${n}`, '--data', `{"n":${n}}`]);
  const exported = (await agent.notifyctl(['event', 'list', '--tenant', 'old', '--after', '0', '-o', 'ndjson'])).stdout;
  const path = await file('old.ndjson', exported);
  const stopped = await agent.notifyctl(['event', 'import', '--tenant', 'new', '-f', path], { expect: 8 });
  assert.match(stopped.stderr, /line 1: tenant_mismatch/);
  const report = await bring('new', path, '--from-tenant', 'old');
  assert.equal(report.accepted, exported.split('\n').filter((line) => line.includes('"a.b"')).length);
  const wanted = (await eventsOf('old', '--type', 'a.b')).map(({ id, time, source, data }) => ({ id, time, source, data }));
  const got = (await eventsOf('new', '--type', 'a.b')).map(({ id, time, source, data }) => ({ id, time, source, data }));
  assert.deepEqual(got, wanted);
});

test('events of the agent itself are left out and counted, and stop nothing', async () => {
  await agent.tenant('own');
  const path = await file('own.ndjson', lines([{ type: 'tenant.created' }, { type: 'a.b' }, { type: 'quota.exceeded' }]));
  const report = await bring('own', path);
  assert.deepEqual([report.accepted, report.own, report.rejected], [1, 2, 0]);
});

test('a bad line stops it, with its number; mended, it goes on', async () => {
  await agent.tenant('stop');
  const path = await file('stop.ndjson', '{"type":"a.b","data":1}\n{"type":\n{"type":"a.b","data":3}\n');
  const ended = await agent.notifyctl(['event', 'import', '--tenant', 'stop', '-f', path], { expect: 8 });
  assert.match(ended.stderr, /line 2: invalid_json/);
  assert.deepEqual((await eventsOf('stop', '--type', 'a.b')).map((event) => event.data), [1]);
  await writeFile(path, '{"type":"a.b","data":1}\n{"type":"a.b","data":2}\n{"type":"a.b","data":3}\n');
  const changed = await agent.notifyctl(['event', 'import', '--tenant', 'stop', '-f', path], { expect: 5 });
  assert.match(changed.stderr, /--changed/);
  assert.equal((await bring('stop', path, '--changed')).accepted, 3);
  assert.deepEqual((await eventsOf('stop', '--type', 'a.b')).map((event) => event.data), [1, 2, 3]);
});

test('bad lines are skipped, said and kept, and the rest goes on', async () => {
  await agent.tenant('skip');
  const bad = ['{"type":', '{"type":"nodot"}', 'not json', '{"type":"a.b","type":"a.c"}'];
  const path = await file('skip.ndjson', `{"type":"a.b"}\n${bad.join('\n')}\n\n{"type":"a.b"}\n`);
  const kept = join(agent.folder, 'bad.ndjson');
  const { stdout, stderr } = await agent.notifyctl(['event', 'import', '--tenant', 'skip', '-f', path, '--on-error', 'skip', '--rejected', kept, '-o', 'json']);
  assert.deepEqual((({ accepted, rejected }) => [accepted, rejected])(JSON.parse(stdout)), [2, 4]);
  for (const [line, code] of [[2, 'invalid_json'], [3, 'invalid_event'], [4, 'invalid_json'], [5, 'invalid_event']]) {
    assert.match(stderr, new RegExp(`line ${line}: ${code}: .{10}`));
  }
  assert.equal(await readFile(kept, 'utf8'), `${bad.join('\n')}\n`);
});

test('a dry run stores nothing and says every bad line', async () => {
  await agent.tenant('dry');
  const path = await file('dry.ndjson', '{"type":"a.b"}\n{\n{"type":"nodot"}\n');
  const { stdout, stderr } = await agent.notifyctl(['event', 'import', '--tenant', 'dry', '-f', path, '--dry-run', '-o', 'json']);
  assert.deepEqual((({ accepted, rejected, dryRun }) => [accepted, rejected, dryRun])(JSON.parse(stdout)), [1, 2, true]);
  assert.match(stderr, /line 3: invalid_event/);
  assert.deepEqual(await eventsOf('dry', '--type', 'a.b'), []);
});

test('CSV rows become events by a mapping', async () => {
  await agent.tenant('csv');
  const path = await file('orders.csv', 'order,paid,amount,note\r\no1,2024-01-02 03:04:05,12.50,"a ""note"", with\r\ntwo lines"\r\no2,2024-01-03 00:00:00,7,\r\n');
  const mapping = await file('orders.yaml', 'type: {value: order.paid}\nid: order\ntime: {column: paid, format: sql}\ndata:\n  amount: {column: amount, as: number}\n  note: note\n');
  assert.equal((await bring('csv', path, '--mapping', mapping)).accepted, 2);
  const events = await eventsOf('csv', '--type', 'order.paid');
  assert.deepEqual(events.map(({ id, time, data }) => ({ id, time, data })), [
    { id: 'o1', time: '2024-01-02T03:04:05Z', data: { amount: 12.5, note: 'a "note", with\r\ntwo lines' } },
    { id: 'o2', time: '2024-01-03T00:00:00Z', data: { amount: 7 } },
  ]);
});

test('a CloudEvents batch and standard input are taken', async () => {
  await agent.tenant('forms');
  const path = await file('batch.json', JSON.stringify([1, 2].map((n) => ({ specversion: '1.0', type: 'a.b', source: '/s', id: `b${n}`, data: n })), null, 2));
  assert.equal((await bring('forms', path)).format, 'json');
  const { stdout } = await agent.notifyctl(['event', 'import', '--tenant', 'forms', '-f', '-', '-o', 'json'], { stdin: '{"type":"a.b","data":3}\n' });
  assert.equal(JSON.parse(stdout).accepted, 1);
  assert.deepEqual((await eventsOf('forms', '--type', 'a.b')).map((event) => event.data), [1, 2, 3]);
});

test('the same import again stores nothing, with or without its checkpoint', async () => {
  await agent.tenant('twice');
  const path = await file('twice.ndjson', lines(Array.from({ length: 50 }, (_, n) => ({ type: 'a.b', data: n }))));
  assert.equal((await bring('twice', path)).accepted, 50);
  assert.equal((await bring('twice', path)).accepted, 50);  // The report of the complete one.
  const again = await bring('twice', path, '--restart');
  assert.deepEqual([again.accepted, again.duplicates], [0, 50]);
  assert.equal((await eventsOf('twice', '--type', 'a.b')).length, 50);
});

test('a quota slows an import down, and a burst makes its batches smaller', async () => {
  await agent.tenant('slow');
  await agent.notifyctl(['tenant', 'update', 'slow', '--limit', 'eventsPerSecond=200', '--limit', 'eventsBurst=100']);
  const path = await file('slow.ndjson', lines(Array.from({ length: 400 }, (_, n) => ({ type: 'a.b', data: n }))));
  const report = await bring('slow', path);
  assert.equal(report.accepted, 400);
  assert.ok(report.seconds > 0.9, `${report.seconds}`);
  assert.deepEqual((await eventsOf('slow', '--type', 'a.b')).map((event) => event.data), Array.from({ length: 400 }, (_, n) => n));
});

test('the request has its own errors, and only a tenant-admin may make it', async () => {
  const { key } = await agent.tenant('http', 'publisher');
  refused(await agent.api('POST', '/api/events/import', { key, body: '{"type":"a.b"}', headers: { 'content-type': 'application/x-ndjson' } }), 403, 'forbidden');
  for (const query of ['import=a%20b', 'line=0', 'line=x', 'fireTriggers=yes', 'onError=maybe', 'dryRun=1']) {
    refused(await post('http', query, '{"type":"a.b"}'), 400, 'invalid_argument');
  }
  refused(await post('http', '', '<a/>', { 'content-type': 'text/xml' }), 415, 'content_type_unsupported');
  const { body } = await post('http', 'import=x&line=7', '{"type":"a.b"}\n\n{"type":1}\n{"type":"a.c"}');
  assert.deepEqual([body.accepted, body.stopped, body.rejected.map((one) => [one.index, one.line, one.code])], [2, false, [[1, 9, 'invalid_event']]]);
  const stopped = (await post('http', 'import=y&onError=stop', '{"type":"a.b"}\n{"type":1}\n{"type":"a.c"}')).body;
  assert.deepEqual([stopped.accepted, stopped.stopped, stopped.rejected.length], [1, true, 1]);
});

test('an event that does not fit its schema is a rejected line, and the counts add up', async () => {
  await agent.tenant('fits');
  const put = await agent.api('PUT', '/api/schemas/order.paid', { tenant: 'fits', body: '{"type":"object","required":["amount"]}', headers: { 'content-type': 'application/schema+json' } });
  assert.equal(put.status, 200, put.text);
  const body = '{"type":"order.paid","data":{"amount":1}}\n\n{"type":"order.paid","data":{}}\n{"type":"order.paid","data":{"amount":3}}\n';
  const many = (await post('fits', 'import=s1', body)).body;
  assert.deepEqual([many.accepted, many.rejected.map((one) => [one.line, one.code])], [2, [[3, 'invalid_event']]]);
  const alone = (await post('fits', 'import=s2&onError=stop', '\n{"type":"order.paid","data":{}}\n')).body;
  assert.deepEqual([alone.accepted, alone.stopped, alone.rejected.map((one) => one.line)], [0, true, [2]]);
});

test('what is sent behind a refused import is not stored before it', async () => {
  await agent.tenant('order');
  const host = new URL(agent.url);
  const request = (body, query = '') => `POST /api/events/import?onError=stop${query} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${agent.adminKey}\r\nX-Tenant: order\r\nContent-Type: application/x-ndjson\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const socket = createConnection(Number(host.port), host.hostname);
  let answers = '';
  socket.setEncoding('utf8').on('data', (text) => { answers += text; });
  socket.write(request('{"type":"a.first"}\n{"type":\n') + request('{"type":"a.second"}\n'));
  await new Promise((resolve) => { socket.on('close', resolve).on('end', () => socket.end()); });
  assert.equal(answers.match(/HTTP\/1\.1/g).length, 1, answers);
  assert.deepEqual((await eventsOf('order', '--type', 'a.*')).map((event) => event.type), ['a.first']);
});

const MANY = 60_000;
const many = () => Array.from({ length: MANY }, (_, n) => `{"type":"a.b","time":"2024-01-01T00:00:00Z","data":${n}}\n`).join('');
const inOrderOnce = async (tenant) => {
  const seen = (await eventsOf(tenant, '--type', 'a.b')).map((event) => event.data);
  assert.equal(seen.length, MANY);
  assert.ok(seen.every((data, n) => data === n), 'every event once, in the order of the file');
};

test('kill -9 of notifyctl in the middle, and again: nothing twice, nothing lost', async (t) => {
  await agent.tenant('kill');
  const path = await file('kill.ndjson', many());
  const args = ['event', 'import', '--tenant', 'kill', '-f', path, '--batch', '500', '-o', 'json'];
  let rounds = 0;
  for (let ended = false; !ended; ++rounds) {
    const command = agent.follow(t, args);
    ended = (await Promise.race([command.closed, wait(120 + 40 * rounds, 'late')])) === 0;
    if (!ended) await command.end('SIGKILL');
  }
  assert.ok(rounds > 1, 'it was killed at least once');
  await inOrderOnce('kill');
});

test('kill -9 of the agent in the middle: the import goes on by itself', async (t) => {
  await agent.tenant('crash');
  const path = await file('crash.ndjson', many());
  const command = agent.follow(t, ['event', 'import', '--tenant', 'crash', '-f', path, '--batch', '500', '-o', 'json']);
  for (let kills = 0; kills < 3; ++kills) {
    const ended = await Promise.race([command.closed, wait(200, 'late')]);
    if (ended !== 'late') break;
    await agent.kill();
    await agent.launch();
  }
  assert.equal(await command.closed, 0, command.stderr);
  await inOrderOnce('crash');
});
