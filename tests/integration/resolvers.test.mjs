// Where a request names its tenant: a chain that begins with an expression of the operator's own.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { Agent } from './support/agent.mjs';
import { checkConfig } from './support/config.mjs';
import { refused } from './support/expect.mjs';
import { raw } from './support/raw.mjs';

const CONFIG = `
multi_tenancy:
  strategy: [key, claim, custom, header, subdomain]
  base_domains: [api.smartpay.com]
  custom: '^shop-([a-z0-9-]+)\\.example(?::\\d+)?/'
`;
const agent = await Agent.start({ after }, { config: CONFIG });
const blue = await agent.tenant('blue');
const green = await agent.tenant('green');

const events = (host, key, headers = {}) => raw(agent, '/api/events?last=1', { authorization: `Bearer ${key}`, host, ...headers });

/** The tenant that a request was for: that of its newest event. */
function isFor(answer, tenant) {
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.body.items[0].tenant, tenant);
}

test("the operator's expression names the tenant", async () => {
  isFor(await events('shop-blue.example', agent.adminKey), 'blue');
  isFor(await events('shop-green.example:443', agent.adminKey), 'green');
});

test('the expression agrees with a key of its tenant, and with no other', async () => {
  isFor(await events('shop-blue.example', blue.key), 'blue');
  refused(await events('shop-blue.example', green.key), 403, 'tenant_mismatch');
  refused(await events('shop-nobody.example', green.key), 403, 'tenant_mismatch');
});

test('where the expression finds nothing, the next of the chain names the tenant', async () => {
  isFor(await events('other.example', agent.adminKey, { 'X-Tenant': 'green' }), 'green');
  isFor(await events('green.api.smartpay.com', agent.adminKey), 'green');
  refused(await events('other.example', agent.adminKey), 400, 'tenant_required');
});

test('the first of the chain that finds a name decides', async () => {
  isFor(await events('shop-blue.example', agent.adminKey, { 'X-Tenant': 'blue' }), 'blue');
});

test('a name that the expression finds and that is none is refused', async () => {
  refused(await events('shop--.example', agent.adminKey), 400, 'tenant_invalid');
});

test('an expression that cannot be used is refused before the start', async (t) => {
  const { code, stderr } = await checkConfig(t, "multi_tenancy:\n  strategy: [key, custom]\n  custom: '([a-z'\n");
  assert.equal(code, 78);
  assert.match(stderr, /'multi_tenancy\.custom' at .*notifyd\.yaml:3 must be a regular expression/);
});
