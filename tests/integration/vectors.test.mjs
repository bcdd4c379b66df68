// Test data that others wrote, against the running agent. NOTIFY_VECTORS names its folder.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Agent } from './support/agent.mjs';
import { refused } from './support/expect.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = process.env.NOTIFY_VECTORS ?? join(here, '../../../shared/vectors');
const missing = (name) => !existsSync(join(root, name)) && `there are no vectors/${name}: NOTIFY_VECTORS names their folder`;

const agent = await Agent.start({ after });
const blue = await agent.tenant('blue');
const green = await agent.tenant('green');
const publish = (body, headers = { 'content-type': 'application/json' }) =>
  agent.api('POST', '/api/events/publish', { key: blue.key, body, headers });

/** The bytes of `data` in an answer with one envelope, in which it is the last member. */
async function dataOf(id) {
  const response = await fetch(`${agent.url}/api/events/${id}`, { headers: { authorization: `Bearer ${blue.key}` } });
  const bytes = Buffer.from(await response.arrayBuffer());
  return bytes.subarray(bytes.indexOf('"data":') + '"data":'.length, bytes.length - 1);
}

const SPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);
function trimmed(bytes) {
  let [begin, end] = [0, bytes.length];
  while (begin < end && SPACE.has(bytes[begin])) ++begin;
  while (end > begin && SPACE.has(bytes[end - 1])) --end;
  return bytes.subarray(begin, end);
}

/** Calls `each(item, index)` for all, 16 at a time. */
async function forAll(items, each) {
  let next = 0;
  const worker = async () => { while (next < items.length) { const index = next++; await each(items[index], index); } };
  await Promise.all(Array.from({ length: 16 }, worker));
}

test('all of json-test-suite as the data of an event', { skip: missing('json-test-suite') }, async () => {
  const folder = existsSync(join(root, 'json-test-suite/test_parsing')) ? join(root, 'json-test-suite/test_parsing') : join(root, 'json-test-suite');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  assert.equal(names.length, 318);
  await forAll(names, async (name, number) => {
    const bytes = await readFile(join(folder, name));
    const id = `vector-${number}`;
    const answer = await publish(Buffer.concat([Buffer.from(`{"type":"vector.json","id":"${id}","data":`), bytes, Buffer.from('}')]));
    if (name.startsWith('y_')) {
      assert.equal(answer.status, 202, `${name}: ${answer.text}`);
      assert.deepEqual(await dataOf(id), trimmed(bytes), name);
    } else if (name.startsWith('n_')) {
      assert.equal(answer.status, 400, `${name}: ${answer.text}`);
      assert.ok(['invalid_json', 'json_too_deep', 'invalid_event', 'attribute_reserved'].includes(answer.body.code), `${name}: ${answer.text}`);
    } else {
      assert.ok([202, 400].includes(answer.status), `${name}: ${answer.text}`);
    }
  });
  assert.equal((await agent.api('GET', '/healthz')).status, 200);
});

test('all of json-test-suite as the body of binary mode', { skip: missing('json-test-suite') }, async () => {
  const folder = existsSync(join(root, 'json-test-suite/test_parsing')) ? join(root, 'json-test-suite/test_parsing') : join(root, 'json-test-suite');
  await forAll((await readdir(folder)).filter((each) => /^[yn]_.*\.json$/.test(each)).sort(), async (name, number) => {
    const bytes = await readFile(join(folder, name));
    if (bytes.length === 0) return;  // No body is no data.
    const id = `binary-${number}`;
    const answer = await publish(bytes, { 'content-type': 'application/json', 'ce-specversion': '1.0', 'ce-type': 'vector.json', 'ce-id': id, 'ce-source': '/vectors' });
    assert.equal(answer.status, name.startsWith('y_') ? 202 : 400, `${name}: ${answer.text}`);
  });
});

test('the minimal CloudEvent of the conformance suite is taken', { skip: missing('cloudevents-conformance') }, async () => {
  const minimum = await readFile(join(root, 'cloudevents-conformance/yaml/v1.0/v1_minimum.yaml'), 'utf8');
  const attribute = (name) => new RegExp(`^\\s*${name}:\\s*"?([^"\\n]+)"?`, 'm').exec(minimum)?.[1].trim();
  const headers = { 'ce-specversion': '1.0', 'ce-id': attribute('id'), 'ce-type': attribute('type'), 'ce-source': attribute('source') };
  assert.ok(headers['ce-id'] && headers['ce-type'] && headers['ce-source'], minimum);
  const answer = await publish('', headers);
  assert.equal(answer.status, 202, answer.text);
  const { body } = await agent.api('GET', `/api/events/${encodeURIComponent(headers['ce-id'])}`, { key: blue.key });
  assert.deepEqual([body.id, body.type, body.source, body.specversion], [headers['ce-id'], headers['ce-type'], headers['ce-source'], '1.0']);
});

/** The scenarios of a feature file: {request: text, attributes: {...}, data}, one for each row of Examples. */
function scenarios(feature) {
  return feature.split('Scenario Outline:').slice(1).flatMap((text) => {
    const [request, data] = [...text.matchAll(/"""\n([\s\S]*?)"""/g)].map((match) => match[1]);
    const rows = (part) => [...part.matchAll(/^\s*\|(.*)\|\s*$/gm)].map((match) => match[1].split('|').map((cell) => cell.trim()));
    const [before, examples] = text.split('Examples:');
    const attributes = Object.fromEntries(rows(before).slice(1));
    return rows(examples).slice(1).map(([type]) => {
      const fill = (value) => value.replaceAll('<contentType>', type);
      return { request: fill(request), data: JSON.parse(data), attributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, fill(value)])) };
    });
  });
}

test('the HTTP binding scenarios of the conformance suite hold', { skip: missing('cloudevents-conformance') }, async () => {
  const feature = await readFile(join(root, 'cloudevents-conformance/features/http-protocol-binding.feature'), 'utf8');
  const all = scenarios(feature);
  assert.ok(all.length >= 4, `${all.length}`);
  for (const [number, { request, attributes, data }] of all.entries()) {
    const [head, body] = request.replace(/^ {8}/gm, '').split(/\n\n([\s\S]*)/);
    const headers = Object.fromEntries(head.split('\n').slice(1).map((line) => line.split(/: (.*)/)).filter(([name]) => !/^(host|content-length)$/i.test(name)));
    // Each scenario's event has the same id: another source keeps them apart.
    const source = `/scenario-${number}`;
    const answer = await publish(body.replace('/mycontext/subcontext', source), { ...headers, ...(headers['ce-source'] ? { 'ce-source': source } : {}) });
    assert.equal(answer.status, 202, `${request}\n${answer.text}`);
    const stored = (await agent.api('GET', `/api/events/${attributes.id}?source=${encodeURIComponent(source)}`, { key: blue.key })).body;
    assert.deepEqual(stored.data, data, request);
    for (const [name, value] of Object.entries({ ...attributes, source })) assert.equal(stored[name], value, `${name}\n${request}`);
  }
});

test('an older CloudEvents version is refused', { skip: missing('cloudevents-conformance') }, async () => {
  refused(await publish('', { 'ce-specversion': '0.3', 'ce-id': '1', 'ce-type': 'a.b', 'ce-source': '/x' }), 400, 'invalid_event');
});

test('what the agent gives out is a CloudEvent by its schema', { skip: missing('cloudevents-schema') }, async () => {
  const schema = JSON.parse(await readFile(join(root, 'cloudevents-schema/cloudevents.json'), 'utf8'));
  await publish('{"type":"a.b","id":"by-schema","subject":"s","data":{"n":1}}');
  const { body } = await agent.api('GET', '/api/events/by-schema', { key: blue.key });
  for (const name of schema.required) assert.ok(body[name], name);
  for (const [name, { $ref }] of Object.entries(schema.properties)) {
    if (body[name] === undefined) continue;
    const rule = $ref ? schema.definitions[$ref.split('/').pop()] : schema.properties[name];
    const types = [rule.type].flat();
    assert.ok(!rule.type || types.includes(typeof body[name]), name);
    if (rule.minLength) assert.ok(body[name].length >= rule.minLength, name);
  }
});

// --- bad input, each with its own error ---

for (const member of ['type', 'id', 'source', 'time', 'data', 'specversion', 'subject', 'region']) {
  test(`'${member}' twice in an envelope is refused and named`, async () => {
    const value = { type: '"a.b"', time: '"2024-01-01T00:00:00Z"', specversion: '"1.0"' }[member] ?? '"x"';
    const body = member === 'type' ? `{"type":"a.b","type":${value}}` : `{"type":"a.b","${member}":${value},"${member}":${value}}`;
    const problem = refused(await publish(body), 400, 'invalid_event');
    assert.match(problem.detail, new RegExp(`'${member}' appears twice`));
  });
}

for (const [what, bytes] of [
  ['in data', Buffer.from('7b2274797065223a22612e62222c2264617461223a2280227d', 'hex')],
  ['overlong, in data', Buffer.from('7b2274797065223a22612e62222c2264617461223a22c0af227d', 'hex')],
  ['a surrogate, in data', Buffer.from('7b2274797065223a22612e62222c2264617461223a22eda080227d', 'hex')],
  ['in an attribute', Buffer.from('7b2274797065223a22612e62222c227375626a656374223a22ff227d', 'hex')],
]) {
  test(`invalid UTF-8 ${what} is refused`, async () => { refused(await publish(bytes), 400, 'invalid_json'); });
}

for (const tail of ['x', '{}', ',', ']', '\0', '{"type":"a.c"}']) {
  test(`${JSON.stringify(tail)} behind the document is refused`, async () => {
    refused(await publish(`{"type":"a.b"} ${tail}`), 400, 'invalid_json');
    const answer = await agent.api('POST', '/api/events/batch', { key: blue.key, body: `[{"type":"a.b"}] ${tail}`, headers: { 'content-type': 'application/json' } });
    refused(answer, 400, 'invalid_json');
  });
}

test('a range that ends before it begins is refused', async () => {
  for (const query of ['since=2024-01-02T00:00:00Z&until=2024-01-01T00:00:00Z', 'since=1h&until=2h', 'from=1h&to=2h']) {
    for (const path of ['/api/events', '/api/audit', '/api/metrics/query?metric=events']) {
      const answer = await agent.api('GET', `${path}${path.includes('?') ? '&' : '?'}${query}`, { key: blue.key });
      assert.match(refused(answer, 400, 'invalid_argument').detail, /negative/);
    }
  }
  refused(await agent.api('GET', '/api/events?limit=-1', { key: blue.key }), 400, 'invalid_argument');
  refused(await agent.api('GET', '/api/events?after=-1', { key: blue.key }), 400, 'invalid_argument');
});

test("another tenant's cursor, another list's, and rubbish go on nowhere", async () => {
  for (const tenant of [blue, green]) {
    for (let n = 0; n < 3; ++n) await agent.api('POST', '/api/events/publish', { key: tenant.key, json: { type: 'cursor.test', data: n } });
    await agent.api('POST', '/api/keys', { key: tenant.key, json: { role: 'viewer' } });
  }
  const list = (tenant, path, cursor) => agent.api('GET', `${path}limit=1${cursor ? `&cursor=${cursor}` : ''}`, { key: tenant.key });
  for (const path of ['/api/events?type=cursor.test&', '/api/keys?', '/api/audit?']) {
    const { next } = (await list(green, path)).body;
    assert.ok(next, path);
    assert.equal((await list(green, path, next)).status, 200);
    const problem = refused(await list(blue, path, next), 400, 'invalid_argument');
    assert.match(problem.detail, /another tenant/);
    assert.doesNotMatch(problem.detail, /green/);
    refused(await list(blue, path, 'rubbish'), 400, 'invalid_argument');
  }
  const { next } = (await list(blue, '/api/keys?')).body;
  assert.match(refused(await list(blue, '/api/events?', next), 400, 'invalid_argument').detail, /another list/);
});
