// Whose request it is: how a tenant is named, what is refused, and that nobody sees another's.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { Agent } from './support/agent.mjs';
import { refused, until } from './support/expect.mjs';
import { raw as rawOf } from './support/raw.mjs';

const CONFIG = `
multi_tenancy:
  strategy: [key, claim, header, path, host, subdomain]
  base_domains: [api.smartpay.com]
`;
const agent = await Agent.start({ after }, { config: CONFIG });
const blue = await agent.tenant('blue');
const green = await agent.tenant('green');
await agent.json(['tenant', 'update', 'blue', '--host', 'blue.smartpay.com']);

const raw = (path, headers) => rawOf(agent, path, headers);
const events = (options) => agent.api('GET', '/api/events?last=1', options);
const audit = async (...args) => (await agent.json(['audit', 'list', '--limit', '1000', ...args])).items;

/** The tenant that a request was for: that of its newest event. */
function isFor(answer, tenant) {
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.body.items[0].tenant, tenant);
}

test('a key is of its tenant', async () => {
  isFor(await events({ key: blue.key }), 'blue');
  isFor(await events({ key: green.key }), 'green');
});

test('a token is of its tenant', async () => {
  isFor(await events({ key: await agent.token('green', 'gina', '--role', 'viewer') }), 'green');
});

test('the platform admin names a tenant by header or path', async () => {
  isFor(await events({ tenant: 'blue' }), 'blue');
  isFor(await agent.api('GET', '/t/green/api/events?last=1'), 'green');
});

test('the platform admin names a tenant by a whole host', async () => {
  isFor(await raw('/api/events?last=1', { authorization: `Bearer ${agent.adminKey}`, host: 'blue.smartpay.com' }), 'blue');
});

test('the platform admin names a tenant by a subdomain of a base domain', async () => {
  isFor(await raw('/api/events?last=1', { authorization: `Bearer ${agent.adminKey}`, host: 'green.api.smartpay.com:80' }), 'green');
});

test('a request may name the tenant of its credential again', async () => {
  isFor(await events({ key: blue.key, tenant: 'blue' }), 'blue');
  isFor(await agent.api('GET', '/t/blue/api/events?last=1', { key: blue.key }), 'blue');
  isFor(await raw('/api/events?last=1', { authorization: `Bearer ${blue.key}`, host: 'blue.smartpay.com' }), 'blue');
});

test('a request that names another tenant is refused, whether that one exists or not', async () => {
  const named = async (tenant) => {
    const { detail, hint, title } = refused(await events({ key: green.key, tenant }), 403, 'tenant_mismatch');
    return { detail, hint, title };
  };
  assert.deepEqual(await named('blue'), await named('nobody'));
});

test('path, host and subdomain of another tenant are refused', async () => {
  const authorization = `Bearer ${green.key}`;
  refused(await agent.api('GET', '/t/blue/api/events', { key: green.key }), 403, 'tenant_mismatch');
  refused(await raw('/api/events', { authorization, host: 'blue.smartpay.com' }), 403, 'tenant_mismatch');
  refused(await raw('/api/events', { authorization, host: 'blue.api.smartpay.com' }), 403, 'tenant_mismatch');
});

test('without a credential it is 401, before any lookup, with the command that helps', async () => {
  for (const path of ['/api/events', '/api/tenants/blue', '/api/tenants/nobody', '/t/nobody/api/events']) {
    const body = refused(await agent.api('GET', path, { key: null }), 401, 'unauthenticated');
    assert.match(body.hint, /notifyctl/);
  }
});

test('a forged credential is 401', async () => {
  const forged = `${blue.key.slice(0, -4)}${blue.key.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`;
  refused(await events({ key: forged }), 401, 'token_invalid');
  const token = await agent.token('blue', 'alice');
  refused(await events({ key: `${token.slice(0, -4)}AAAA` }), 401, 'token_invalid');
  const [head, claims, signature] = token.split('.');
  const changed = { ...JSON.parse(Buffer.from(claims, 'base64url')), tenant: 'green' };
  refused(await events({ key: [head, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.') }), 401, 'token_invalid');
  const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
  refused(await events({ key: `${none}.${claims}.` }), 401, 'token_invalid');
});

test('a credential without a tenant must name one', async () => {
  refused(await events({}), 400, 'tenant_required');
});

test('only the platform admin is told that a tenant does not exist', async () => {
  refused(await events({ tenant: 'nobody' }), 404, 'tenant_not_found');
});

test('what an operation itself refuses is audited as well, and once', async () => {
  const published = await agent.api('POST', '/api/events/publish', { key: blue.key, json: { type: 'a.b', tenant: 'green' } });
  refused(published, 403, 'tenant_mismatch');
  for (const headers of [{}, { 'idempotency-key': 'once' }]) {
    refused(await agent.api('POST', '/api/keys', { key: blue.key, json: { role: 'platform-admin' }, headers }), 403, 'forbidden');
  }
  const counted = async (names) => (await audit('--tenant', 'blue', '--result', 'refused'))
    .filter(({ action }) => names.includes(action)).reduce((sum, { count }) => sum + (count ?? 1), 0);
  await until('the refusals are in the audit', async () => await counted(['publishEvent']) === 1 && await counted(['key.create']) === 2, 20_000);
  assert.equal(await counted(['createKey']), 0, 'a refusal that the operation wrote down itself is there once');
});

test('a name outside the grammar, or two names, is tenant_invalid, or a mismatch for a tenant', async () => {
  refused(await events({ tenant: 'No Body' }), 400, 'tenant_invalid');
  refused(await events({ key: blue.key, tenant: 'No Body' }), 403, 'tenant_mismatch');
  const twice = { authorization: `Bearer ${agent.adminKey}`, 'X-Tenant': ['blue', 'blue'] };
  refused(await raw('/api/events', twice), 400, 'tenant_invalid');
});

for (const path of ['/t/blue/../green/api/events', '//api/events', '/api//events', '/t/blue%2f/api/events', '/t/%2e%2e/api/events']) {
  test(`the path ${path} is refused and never normalised`, async () => {
    assert.equal((await raw(path, { authorization: `Bearer ${agent.adminKey}` })).status, 400);
  });
}

test('X-Forwarded-Host counts from a trusted proxy only', async () => {
  const headers = { authorization: `Bearer ${agent.adminKey}`, 'x-forwarded-host': 'blue.smartpay.com' };
  refused(await raw('/api/events', headers), 400, 'tenant_required');
});

// Roles ---------------------------------------------------------------------------------------------

const ROUTES_OF_ROLES = [
  ['POST', '/api/events/publish', { type: 'a.b' }, ['publisher']],
  ['GET', '/api/events', undefined, ['viewer', 'tenant-admin']],
  ['GET', '/api/triggers', undefined, ['viewer', 'tenant-admin']],
  ['GET', '/api/keys', undefined, ['tenant-admin']],
  ['POST', '/api/tokens', { user: 'u' }, ['tenant-admin']],
  ['GET', '/api/audit', undefined, ['tenant-admin']],
  ['GET', '/api/tenants', undefined, []],
];

for (const role of ['subscriber', 'viewer', 'publisher']) {
  test(`a ${role} may do what its row of the table says, and nothing else`, async () => {
    const key = await agent.token('blue', `${role}-user`, '--role', role);
    for (const [method, path, json, roles] of ROUTES_OF_ROLES) {
      const answer = await agent.api(method, path, { key, json });
      if (roles.includes(role)) assert.ok(answer.status < 300, `${method} ${path}: ${answer.text}`);
      else assert.match(refused(answer, 403, 'forbidden').hint, /notifyctl/);
    }
  });
}

test('a tenant admin makes no key above itself', async () => {
  refused(await agent.api('POST', '/api/keys', { key: blue.key, json: { role: 'platform-admin' } }), 403, 'forbidden');
});

test('a revoked key is refused at once', async () => {
  const { id, key } = await agent.json(['key', 'create', '--tenant', 'blue', '--role', 'viewer']);
  assert.equal((await events({ key })).status, 200);
  await agent.notifyctl(['key', 'revoke', id, '--tenant', 'blue']);
  refused(await events({ key }), 401, 'token_invalid');
});

test('revoked tokens are refused at once', async () => {
  const token = await agent.token('blue', 'leaver', '--role', 'viewer');
  assert.equal((await events({ key: token })).status, 200);
  await agent.notifyctl(['token', 'revoke', '--user', 'leaver', '--tenant', 'blue']);
  refused(await events({ key: token }), 401, 'token_invalid');
});

test('a token ends at its time', async () => {
  const token = await agent.token('blue', 'brief', '--role', 'viewer', '--ttl', '1s');
  await until('the token has expired', async () => (await events({ key: token })).status === 401);
  refused(await events({ key: token }), 401, 'token_expired');
});

test('a token in the query is taken for the stream only, and for subscriber and viewer only', async () => {
  const viewer = await agent.token('blue', 'alice', '--role', 'viewer');
  refused(await agent.api('GET', `/api/events?access_token=${viewer}`, { key: null }), 401, 'unauthenticated');
  refused(await agent.api('GET', `/api/events/stream?access_token=${blue.key}`, { key: null }), 403, 'forbidden');
  assert.ok(!agent.output.includes(viewer));
});

// A tenant looks at another's -------------------------------------------------------------------------

/** Something of blue's for each kind of id in a path. */
async function thingsOfBlue() {
  const { id: event } = await agent.json(['event', 'publish', '--tenant', 'blue', '--type', 'rate.updated', '--data', '{"base":"USD","quote":"GBP","rate":1,"previousRate":1}']);
  const { id: key } = await agent.json(['key', 'create', '--tenant', 'blue', '--role', 'viewer']);
  const trigger = { id: 'only-blue', on: 'x.y', template: 'rate-updated', channels: ['log'], audience: { tenant: true } };
  assert.equal((await agent.api('POST', '/api/triggers', { key: blue.key, json: trigger })).status, 201);
  const template = { id: 'only-blue', name: 'Only blue', files: { 'log.txt.hbs': 'x' } };
  const made = await agent.api('POST', '/api/templates', { key: blue.key, json: template });
  assert.equal(made.status, 201, made.text);
  assert.equal((await agent.api('POST', '/api/schemas', { key: blue.key, json: { type: 'only.blue', schema: {} } })).status, 201);
  assert.equal((await agent.api('POST', '/api/consumers', { key: blue.key, json: { name: 'only-blue' } })).status, 201);
  const projection = { name: 'only-blue', key: 'subject', fields: { n: { fold: 'count' } } };
  assert.equal((await agent.api('POST', '/api/projections', { key: blue.key, json: projection })).status, 201);
  assert.equal((await agent.api('POST', '/api/events/publish', { key: blue.key, json: { type: 'only.streamed', stream: 'only-blue' } })).status, 202);
  const stream = await fetch(`${agent.url}/api/events/stream`, { headers: { authorization: `Bearer ${await agent.token('blue', 'only-blue')}` } });
  const connection = await until('a connection of blue', async () =>
    (await agent.api('GET', '/api/connections?user=only-blue', { key: blue.key })).body.items[0]?.id);
  const delivery = await until('a delivery of blue', async () => {
    const { outcome } = await agent.json(['event', 'get', event, '--tenant', 'blue']);
    return outcome.deliveries[0]?.id;
  });
  return { events: event, status: event, keys: key, triggers: 'only-blue', templates: 'only-blue', delivery, tokens: 'alice', tenants: 'blue', schemas: 'only.blue', consumers: 'only-blue', projections: 'only-blue', streams: 'only-blue', connections: connection, stream };
}

/** Which of blue's things the {id} in a path stands for. */
const kindOf = (path) => path.split('/').findLast((segment) => ['events', 'keys', 'triggers', 'templates', 'delivery', 'tokens', 'tenants', 'schemas', 'consumers', 'projections', 'streams', 'connections'].includes(segment));

const QUERIES = { putStreamSnapshot: '?version=1' };
const BODIES = {
  putTrigger: { on: 'x.y', template: 'rate-updated', channels: ['log'], audience: { tenant: true } },
  putTemplate: { name: 'x', files: { 'log.txt.hbs': 'x' } },
  fetchConsumer: {},
  ackConsumer: { position: '0-1' },
  nackConsumer: { position: '0-1' },
  kickConnection: {},
  invokeConnection: { method: 'x' },
};
// A tenant may make one of its own under any id, and revoke tokens of or ask after any user name: no look at blue's.
const MAKES_ITS_OWN = ['putTrigger', 'putTemplate', 'revokeTokens', 'validateTemplate', 'putSchema', 'checkSchema', 'validateEvent', 'putConsumer', 'putProjection', 'getPresence'];

test("green gets the same answer for blue's as for what does not exist, on every path of the API", async () => {
  const things = await thingsOfBlue();
  const { body: api } = await agent.api('GET', '/openapi.json');
  let looked = 0;
  for (const [path, methods] of Object.entries(api.paths)) {
    if (!path.includes('{')) continue;
    for (const [method, { operationId }] of Object.entries(methods)) {
      if (MAKES_ITS_OWN.includes(operationId)) continue;
      const ask = (id, key) => agent.api(method.toUpperCase(), path.replace('{version}', '1').replace(/\{\w+\}/, id) + (QUERIES[operationId] ?? ''), { key, json: BODIES[operationId] ?? (method === 'put' ? {} : undefined) });
      const foreign = await ask(things[kindOf(path)], green.key);
      const absent = await ask('00000000-0000-7000-8000-000000000000', green.key);
      assert.ok([403, 404].includes(foreign.status), `${operationId}: ${foreign.text}`);
      assert.deepEqual([foreign.status, foreign.body.code], [absent.status, absent.body.code], operationId);
      looked += 1;
    }
  }
  assert.ok(looked >= 12, `${looked} operations`);
  for (const [path, id] of [['events', things.events], ['triggers', 'only-blue'], ['templates', 'only-blue'], ['schemas', 'only.blue'], ['consumers', 'only-blue'], ['projections', 'only-blue'], ['streams', 'only-blue'], ['connections', things.connections], ['delivery/status', things.delivery]]) {
    assert.equal((await agent.api('GET', `/api/${path}/${id}`, { key: blue.key })).status, 200, path);
  }
  await things.stream.body.cancel();
});

test("no list of green's has anything of blue's", async () => {
  for (const path of ['/api/events?limit=1000', '/api/keys', '/api/triggers', '/api/templates', '/api/delivery/status', '/api/metrics/query?metric=events&by=tenant,type']) {
    const { status, text } = await agent.api('GET', path, { key: green.key });
    assert.equal(status, 200, text);
    assert.ok(!text.includes('only-blue') && !text.includes('"tenant":"blue"'), `${path}: ${text}`);
  }
  const { items } = (await agent.api('GET', '/api/audit?limit=1000', { key: green.key })).body;
  assert.deepEqual([...new Set(items.map((record) => record.tenant))], ['green']);
});

// Audit -----------------------------------------------------------------------------------------------

test('every refusal is in the audit of the tenant that was proven, else of the platform', async () => {
  await agent.tenant('audited').then(async ({ key }) => {
    await events({ key, tenant: 'blue' });
    await agent.api('GET', '/api/tenants', { key });
    await events({ key: null });
  });
  const own = await until('both are written', async () => {
    const found = await audit('--tenant', 'audited', '--result', 'refused');
    return found.length >= 2 && found;
  });
  assert.deepEqual(own.map((record) => record.code).sort(), ['forbidden', 'tenant_mismatch']);
  for (const record of own) {
    assert.ok(record.actor.startsWith('key:') && record.address && record.correlationId && record.hash && record.action, JSON.stringify(record));
    assert.equal(record.tenant, 'audited');
  }
  const all = await audit('--result', 'refused');
  assert.ok(all.some((record) => record.code === 'unauthenticated'));
});

test('equal refusals are one record with a count', async () => {
  const { key } = await agent.tenant('counted');
  for (let i = 0; i < 5; ++i) await events({ key, tenant: 'blue' });
  const records = await audit('--tenant', 'counted', '--result', 'refused');
  assert.deepEqual(records.map((record) => [record.code, record.count]), [['tenant_mismatch', 5]]);
});

test('the records of a chain are linked', async () => {
  const records = (await audit('--tenant', 'blue')).toSorted((a, b) => a.seq - b.seq);
  assert.ok(records.length > 3);
  records.slice(1).forEach((record, i) => assert.deepEqual([record.prevHash, record.seq], [records[i].hash, records[i].seq + 1]));
});

// Lives of tenants ------------------------------------------------------------------------------------

test('a suspended tenant is refused until it is resumed, and loses nothing', async () => {
  const { key } = await agent.tenant('sleepy');
  await agent.api('POST', '/api/events/publish', { key, json: { type: 'a.b', id: 'before' } });
  await agent.notifyctl(['tenant', 'suspend', 'sleepy']);
  refused(await events({ key }), 403, 'tenant_suspended');
  refused(await agent.api('POST', '/api/events/publish', { key, json: { type: 'a.b' } }), 403, 'tenant_suspended');
  await agent.notifyctl(['tenant', 'resume', 'sleepy']);
  assert.equal((await agent.api('GET', '/api/events/before', { key })).status, 200);
});

test('a deleted tenant is gone, and one of the same name has nothing of it', async () => {
  const { key } = await agent.tenant('gone');
  await agent.api('POST', '/api/events/publish', { key, json: { type: 'a.b', id: 'secret' } });
  await agent.notifyctl(['tenant', 'delete', 'gone', '--yes']);
  refused(await events({ key }), 401, 'token_invalid');
  refused(await events({ tenant: 'gone' }), 404, 'tenant_not_found');
  const again = await agent.tenant('gone');
  refused(await events({ key }), 401, 'token_invalid');
  refused(await agent.api('GET', '/api/events/secret', { key: again.key }), 404, 'not_found');
});

test('a second tenant of the same name, a reserved name and a bad one are refused', async () => {
  const create = (id) => agent.api('POST', '/api/tenants', { json: { id } });
  refused(await create('blue'), 409, 'tenant_exists');
  refused(await create('platform'), 400, 'tenant_invalid');
  refused(await create('No'), 400, 'tenant_invalid');
});

test('tenants, keys and tokens outlive a restart', async () => {
  const token = await agent.token('blue', 'alice', '--role', 'viewer');
  await agent.restart();
  isFor(await events({ key: blue.key }), 'blue');
  isFor(await events({ key: token }), 'blue');
});
