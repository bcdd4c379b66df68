// Requests that pass through the agent to a service behind it, and the events that its answers become.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Agent } from './support/agent.mjs';
import { checkConfig } from './support/config.mjs';
import { refused, until } from './support/expect.mjs';
import { connectHub } from './support/hub.mjs';
import { serve } from './support/upstream.mjs';

/** The quote API of the examples: {url}. */
async function quoteService() {
  const file = fileURLToPath(new URL('../../docs/examples/fx-quotes/server.mjs', import.meta.url));
  const child = spawn(process.execPath, [file, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  after(async () => { child.kill(); if (child.exitCode === null) await once(child, 'exit'); });
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  return JSON.parse(line).listening;
}

/** An address where nobody listens. */
async function nobody() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((closed) => { server.close(closed); });
  return `http://127.0.0.1:${port}`;
}

const ODD = '{ "quoteId" : "odd-1",\r\n "rate":1.10, "big":12345678901234567890 }';
const behind = await serve({ after }, (request, response) => {
  const path = request.url.split('?')[0];
  if (path === '/odd') response.writeHead(200, { 'content-type': 'application/json', 'x-own': 'kept', 'set-cookie': ['a=1', 'b=2'] }).end(ODD);
  else if (path === '/garbage') response.writeHead(200, { 'content-type': 'application/json' }).end('{"quoteId": oops');
  else if (path === '/refuses') response.writeHead(422, { 'content-type': 'application/json' }).end('{"no":1}');
  else if (path === '/slow') setTimeout(() => response.end('{}'), 1500).unref();
  else if (path === '/broken') response.socket.destroy();
  else if (path === '/same') response.writeHead(200, { 'content-type': 'application/json' }).end('{"quoteId":"always-the-same"}');
  else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ n: behind.requests.length }));
});
const down = await nobody();
const quotes = await quoteService();
const route = (path, upstream, type = 'gateway.answered', more = '') =>
  `    - {path: ${path}, upstream: "${upstream}", emit: {type: ${type}}${more}}\n`;
const agent = await Agent.start({ after }, {
  config: `gateway:\n  routes:\n${route('/api/fx/quote', quotes, 'fx.quote.created')}${
    ['/odd', '/garbage', '/refuses', '/broken', '/same', '/plain'].map((path) => route(path, behind.url)).join('')}${
    route('/slow', behind.url, 'gateway.answered', ', timeout: 200ms')}${route('/down', down)}`,
});
const blue = await agent.tenant('blue');

const post = (path, options = {}) => agent.api('POST', path, { key: blue.key, json: {}, ...options });
const quote = (options) => post('/api/fx/quote', { json: { fromCurrency: 'USD', toCurrency: 'GBP', amount: 1000, customerId: 'customer_7' }, ...options });
const eventsOf = async (type, tenant = 'blue') => (await agent.api('GET', `/api/events?type=${type}&limit=1000`, { tenant })).body.items;
/** How many events the routes have given; the agent writes events of its own in between. */
const given = async () => (await eventsOf('gateway.answered')).length;

test('an answer passes unchanged: status, headers, and every byte', async () => {
  const answer = await post('/odd');
  assert.deepEqual([answer.status, answer.text, answer.headers.get('x-own'), answer.headers.getSetCookie()], [200, ODD, 'kept', ['a=1', 'b=2']]);
});

test('the event has the answer verbatim, numbers as they were written', async () => {
  await until('it is stored', async () => (await eventsOf('gateway.answered')).some((event) => event.subject === 'odd-1'));
  const { text } = await agent.api('GET', '/api/events?type=gateway.answered', { tenant: 'blue' });
  assert.match(text, /"rate":1\.10/);
  assert.match(text, /12345678901234567890/);
});

test('a quote is an event with tenant, customer, rate details and compliance, within 100 ms', async () => {
  const { status, body } = await quote({ headers: { 'x-correlation-id': 'quote-call-1' } });
  assert.equal(status, 200);
  // Durable before the answer is sent: it is there now.
  const event = (await eventsOf('fx.quote.created')).find((each) => each.subject === body.quoteId);
  assert.ok(Date.parse(event.recordedtime) - Date.parse(body.quotedAt) <= 100);
  assert.equal(event.correlationid, 'quote-call-1');
  for (const [name, value] of Object.entries(body)) assert.deepEqual(event.data[name], value, name);
  const { tenantId, correlationId, timestamp, customer, rateDetails, compliance } = event.data;
  assert.deepEqual([tenantId, correlationId, customer], ['blue', 'quote-call-1', { id: 'customer_7', segment: 'retail' }]);
  assert.ok(Date.parse(timestamp) && compliance.screening === 'cleared');
  assert.deepEqual(rateDetails, {
    rate: body.rate, midMarketRate: 0.7497, margin: 0.0045, fees: { amount: 1, currency: 'USD' }, source: body.source, quotedAt: body.quotedAt, validUntil: body.validUntil,
  });
});

test("a quote reaches the tenant's clients live, and no other tenant's", async (t) => {
  await agent.tenant('green');
  const methods = ['fx.quote.created'];
  const alice = await connectHub(t, agent, await agent.token('blue', 'alice'), { methods });
  const gina = await connectHub(t, agent, await agent.token('green', 'gina'), { methods });
  const { body } = await quote();
  const [event] = await alice.received.until('fx.quote.created');
  assert.equal(event.data.quoteId, body.quoteId);
  assert.deepEqual(gina.received.of('fx.quote.created'), []);
  assert.deepEqual(await eventsOf('fx.quote.created', 'green'), []);
});

test('upwards go the verified tenant, the correlation id and the trace, never the credential', async () => {
  const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  await post('/plain?a=1', { headers: { 'x-correlation-id': 'up-1', traceparent: trace, 'x-tenant': 'blue', 'x-custom': 'yes' } });
  const { headers, url } = behind.requests.at(-1);
  assert.deepEqual([headers['x-tenant'], headers['x-correlation-id'], headers['x-custom'], headers.authorization], ['blue', 'up-1', 'yes', undefined]);
  assert.match(headers.traceparent, /^00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$/);
  assert.equal(url, '/plain?a=1');
});

test('an answer with another status passes without an event', async () => {
  const before = await given();
  const { status, text } = await post('/refuses');
  assert.deepEqual([status, text, await given()], [422, '{"no":1}', before]);
});

test('an answer to another method passes without an event', async () => {
  const before = await given();
  assert.equal((await agent.api('GET', '/plain', { key: blue.key })).status, 200);
  assert.equal(await given(), before);
});

test('an answer that is no JSON passes, and is told in audit and metrics', async () => {
  const { status } = await fetch(`${agent.url}/garbage`, { method: 'POST', headers: { authorization: `Bearer ${blue.key}` } }).then(async (answer) => {
    assert.equal(await answer.text(), '{"quoteId": oops');
    return answer;
  });
  assert.equal(status, 200);
  const { items } = await agent.json(['audit', 'list', '--tenant', 'blue', '--action', 'gateway.emit']);
  assert.equal(items.length, 1);
  const { text } = await agent.api('GET', '/metrics');
  assert.match(text, /notify_gateway_events_not_stored_total\{[^}]*route="\/garbage"[^}]*\} 1/);
});

test('an upstream that is down is 502, and slow is 504, both without an event', async () => {
  const before = await given();
  refused(await post('/down'), 502, 'upstream_unreachable');
  const started = Date.now();
  refused(await post('/slow'), 504, 'upstream_timeout');
  assert.ok(Date.now() - started < 2000);
  refused(await post('/broken'), 502, 'upstream_unreachable');
  assert.equal(await given(), before);
});

test('nobody passes without a credential, and nothing goes upstream', async () => {
  const before = behind.requests.length;
  refused(await post('/plain', { key: null }), 401, 'unauthenticated');
  refused(await post('/plain', { tenant: 'green' }), 403, 'tenant_mismatch');
  assert.equal(behind.requests.length, before);
});

test('the same Idempotency-Key is one event', async () => {
  const before = (await eventsOf('gateway.answered')).length;
  for (let i = 0; i < 3; ++i) await post('/plain', { headers: { 'idempotency-key': 'pay-1' } });
  assert.equal((await eventsOf('gateway.answered')).length, before + 1);
});

test("the upstream's quote id is the duplicate key where the caller gave none", async () => {
  for (let i = 0; i < 3; ++i) await post('/same');
  assert.equal((await eventsOf('gateway.answered')).filter((event) => event.subject === 'always-the-same').length, 1);
});

test('a tenant over its quota is 429 before anything goes upstream', async () => {
  const { key } = await agent.tenant('small');
  await agent.notifyctl(['tenant', 'update', 'small', '--limit', 'eventsPerSecond=1', '--limit', 'eventsBurst=1']);
  const before = behind.requests.length;
  assert.equal((await post('/plain', { key })).status, 200);
  const answer = await post('/plain', { key });
  assert.equal(answer.status, 429, answer.text);
  assert.ok(Number(answer.headers.get('retry-after')) >= 1);
  assert.equal(behind.requests.length, before + 1);
});

test('a route that takes a path of the API is a configuration error', async () => {
  const bad = `gateway:\n  routes:\n${route('/api/events', behind.url)}`;
  const { code, stderr } = await checkConfig({ after }, bad);
  assert.equal(code, 78);
  assert.match(stderr, /\/api\/events/);
});
