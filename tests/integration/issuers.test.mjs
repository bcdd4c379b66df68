// Tokens of external issuers: whose signature counts, for which tenants, as what.

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { Agent } from './support/agent.mjs';
import { refused } from './support/expect.mjs';
import { connectHub } from './support/hub.mjs';
import { jwt } from './support/jwt.mjs';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' });

const keys = await mkdtemp(join(tmpdir(), 'notify-keys-'));
after(() => rm(keys, { recursive: true, force: true }));
await writeFile(join(keys, 'rsa.pem'), pem);
await writeFile(join(keys, 'jwks.json'), JSON.stringify({ keys: [{ ...ec.publicKey.export({ format: 'jwk' }), kid: 'ec-1', use: 'sig', alg: 'ES256' }] }));

const agent = await Agent.start({ after }, { config: `
issuers:
  - issuer: https://login.blue.example
    audience: notify
    algorithms: [RS256]
    key: ${join(keys, 'rsa.pem')}
    tenants: [blue]
  - issuer: https://sso.example
    audience: notify
    algorithms: [ES256]
    jwks_file: ${join(keys, 'jwks.json')}
    tenants: [blue, red]
    tenant_claim: org
    roles_claim: groups
` });
for (const id of ['blue', 'green', 'red']) await agent.tenant(id);

const seconds = () => Math.floor(Date.now() / 1000);
const rsClaims = (claims = {}) => ({ iss: 'https://login.blue.example', aud: 'notify', sub: 'app-1', tenant: 'blue', roles: ['publisher'], exp: seconds() + 60, ...claims });
const esClaims = (claims = {}) => ({ iss: 'https://sso.example', aud: ['other', 'notify'], sub: 'ann', org: 'red', groups: ['publisher', 'viewer'], exp: seconds() + 60, ...claims });
const rs256 = (claims) => jwt('RS256', rsa.privateKey, rsClaims(claims));
const es256 = (claims) => jwt('ES256', ec.privateKey, esClaims(claims), { kid: 'ec-1' });

const publish = (key, options = {}) => agent.api('POST', '/api/events/publish', { key, json: { type: 'payment.processed', data: { amount: '1.00' } }, ...options });

/** The event of a 202 is in this tenant's log, and in no other's. */
async function isStoredFor(answer, tenant) {
  assert.equal(answer.status, 202, answer.text);
  assert.equal((await agent.json(['event', 'get', answer.body.id, '--tenant', tenant])).tenant, tenant);
  for (const other of ['blue', 'green', 'red'].filter((id) => id !== tenant)) {
    assert.equal((await agent.notifyctl(['event', 'get', answer.body.id, '--tenant', other], { expect: null })).code, 3, other);
  }
}

test('what a token of an issuer with RS256 publishes is stored for its tenant', async () => {
  await isStoredFor(await publish(rs256()), 'blue');
});

test('what a token of an issuer with ES256 publishes is stored, by a key of its JWKS and the claims that it names', async () => {
  await isStoredFor(await publish(es256()), 'red');
  await isStoredFor(await publish(es256({ org: 'blue' })), 'blue');
});

test('a token without a tenant speaks for the tenants of its issuer, by name', async () => {
  const token = jwt('ES256', ec.privateKey, esClaims({ org: undefined }), { kid: 'ec-1' });
  await isStoredFor(await publish(token, { tenant: 'blue' }), 'blue');
  refused(await publish(token), 400, 'tenant_required');
  assert.equal((await publish(token, { tenant: 'green' })).status, 403);
});

test('an issuer speaks for no other tenant, whether that one exists or not', async () => {
  for (const token of [rs256({ tenant: 'green' }), rs256({ tenant: 'nobody' }), es256({ org: 'green' })]) {
    assert.match(refused(await publish(token), 403, 'issuer_not_allowed').hint, /issuer's 'tenants'/);
  }
});

test('no issuer makes a platform-admin', async () => {
  refused(await publish(rs256({ roles: ['platform-admin'] })), 403, 'issuer_not_allowed');
  refused(await agent.api('GET', '/api/tenants', { key: es256({ groups: ['platform-admin'] }) }), 403, 'issuer_not_allowed');
});

test('the roles of the claim are what it may, and no more', async () => {
  refused(await agent.api('GET', '/api/events', { key: rs256() }), 403, 'forbidden');
  assert.equal((await agent.api('GET', '/api/events', { key: es256() })).status, 200);
  refused(await publish(rs256({ roles: ['viewer'] })), 403, 'forbidden');
});

test('a token signed by another key is 401', async () => {
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
  refused(await publish(jwt('RS256', other.privateKey, rsClaims())), 401, 'token_invalid');
  const otherCurve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  refused(await publish(jwt('ES256', otherCurve.privateKey, esClaims(), { kid: 'ec-1' })), 401, 'token_invalid');
});

test('an unsigned token, and one signed with the public key as a secret, are 401', async () => {
  refused(await publish(jwt('none', null, rsClaims())), 401, 'token_invalid');
  refused(await publish(jwt('HS256', pem, rsClaims())), 401, 'token_invalid');
});

test('an algorithm that its issuer does not use is 401', async () => {
  refused(await publish(jwt('ES256', ec.privateKey, rsClaims())), 401, 'token_invalid');
});

test('a changed claim is 401', async () => {
  const [head, , signature] = rs256().split('.');
  const changed = Buffer.from(JSON.stringify(rsClaims({ sub: 'root' }))).toString('base64url');
  refused(await publish(`${head}.${changed}.${signature}`), 401, 'token_invalid');
});

test('another audience, an unknown issuer, a token not valid yet or without an end are 401', async () => {
  for (const claims of [{ aud: 'other' }, { iss: 'https://evil.example' }, { nbf: seconds() + 3600 }, { exp: undefined }]) {
    refused(await publish(rs256(claims)), 401, 'token_invalid');
  }
});

test('an expired token is 401 and says so', async () => {
  refused(await publish(rs256({ exp: seconds() - 1 })), 401, 'token_expired');
  refused(await publish(es256({ exp: seconds() - 1 })), 401, 'token_expired');
});

test('a stock client connects with the token of an issuer, as the user of its sub', async (t) => {
  const { received } = await connectHub(t, agent, es256(), { methods: ['payment.processed'] });
  const [hello] = await received.until('connected');
  assert.deepEqual([hello.tenant, hello.user], ['red', 'ann']);
  await publish(es256());
  assert.equal((await received.until('payment.processed'))[0].tenant, 'red');
});

test('refusals of an issuer are audited', async () => {
  refused(await publish(rs256({ tenant: 'green', sub: 'intruder' })), 403, 'issuer_not_allowed');
  const { items } = await agent.json(['audit', 'list', '--result', 'refused', '--limit', '1000']);
  assert.ok(items.some((record) => record.code === 'issuer_not_allowed'), JSON.stringify(items));
});
