// Each switch of the configuration, off, and the difference that it makes.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Agent } from './support/agent.mjs';
import { refused, until } from './support/expect.mjs';
import { connectHub } from './support/hub.mjs';

const rate = { type: 'rate.updated', data: { base: 'USD', quote: 'GBP', rate: 0.7497, previousRate: 0.75 } };

/** What an agent with this configuration offers. */
async function offers(t, config) {
  const agent = await Agent.start(t, { config });
  const blue = await agent.tenant('blue');
  const api = (method, path, json) => agent.api(method, path, { key: blue.key, json });
  const notification = { template: 'rate-updated', channels: ['log'], audience: { tenant: true }, data: rate.data, dryRun: true };
  const event = (await api('POST', '/api/events/publish', rate)).body;
  await until('the rules have seen it', async () => (await api('GET', `/api/events/status/${event.id}`)).body.status !== 'PENDING');
  const { outcome } = (await api('GET', `/api/events/${event.id}?outcome=true`)).body;
  return {
    agent, blue,
    hub: (await agent.api('POST', '/hubs/notifications/negotiate?negotiateVersion=1', { key: blue.key })).status,
    notifications: await api('POST', '/api/notifications', notification),
    metrics: (await agent.api('GET', '/metrics', { key: null })).status,
    matched: outcome.rules.filter((rule) => rule.matched).map((rule) => rule.rule),
  };
}

test('with nothing said, everything is on', async (t) => {
  const { hub, notifications, metrics, matched } = await offers(t, '{}\n');
  assert.deepEqual([hub, notifications.status, metrics, matched], [200, 200, 200, ['rate-updated']]);
});

test('advanced.signalr.enabled: the hub is 404, and the rest goes on', async (t) => {
  const { hub, notifications, metrics } = await offers(t, 'advanced: {signalr: {enabled: false}}\n');
  assert.deepEqual([hub, notifications.status, metrics], [404, 200, 200]);
});

for (const key of ['advanced: {notifications: {enabled: false}}', 'notifications: {enabled: false}']) {
  test(`${key}: /api/notifications is feature_disabled`, async (t) => {
    const { notifications, hub, agent, blue } = await offers(t, `${key}\n`);
    refused(notifications, 404, 'feature_disabled');
    assert.equal(hub, 200);
    refused(await agent.api('GET', '/api/inbox?user=alice', { key: blue.key }), 404, 'feature_disabled');
    const { connection } = await connectHub(t, agent, await agent.token('blue', 'alice'));
    await assert.rejects(connection.invoke('Inbox', {}), /feature_disabled: /);
  });
}

for (const key of ['advanced: {analytics: {enabled: false}}', 'analytics: {enabled: false}']) {
  test(`${key}: there is no /metrics`, async (t) => {
    const { metrics, hub } = await offers(t, `${key}\n`);
    assert.deepEqual([metrics, hub], [404, 200]);
  });
}

test('advanced.events.enabled: no rule sees an event', async (t) => {
  const agent = await Agent.start(t, { config: 'advanced: {events: {enabled: false}}\n' });
  const { key } = await agent.tenant('blue');
  const { received, connection } = await connectHub(t, agent, await agent.token('blue', 'alice'), { methods: ['rate.updated', 'notification'] });
  await agent.api('POST', '/api/events/publish', { key, json: rate });
  await received.until('rate.updated');
  await connection.invoke('Groups');
  assert.deepEqual(received.of('notification'), []);
  assert.equal((await agent.json(['metric', 'query', 'notifications', '--tenant', 'blue', '--by', 'tenant', '--since', '1h'])).rows.length, 0);
});

test('triggers.fx_quote_created: a new tenant has no rules of its own', async (t) => {
  const rules = async (config) => {
    const agent = await Agent.start(t, { config });
    const { key } = await agent.tenant('blue');
    return (await agent.api('GET', '/api/triggers', { key })).body.items.map((rule) => rule.id);
  };
  assert.ok((await rules('{}\n')).includes('fx-quote-created'));
  assert.deepEqual(await rules('triggers: {fx_quote_created: false}\n'), []);
});

for (const key of ['multi_tenancy: {enabled: false}', 'advanced: {multitenancy: {enabled: false}}']) {
  test(`${key}: there is one tenant, default, and nothing names another`, async (t) => {
    const agent = await Agent.start(t, { config: `${key}\n` });
    const { status, body } = await agent.api('POST', '/api/events/publish', { json: rate });
    assert.equal(status, 202);
    const event = await agent.api('GET', `/api/events/${body.id}`, { tenant: 'blue' });
    assert.deepEqual([event.status, event.body.tenant], [200, 'default']);
    assert.deepEqual((await agent.json(['tenant', 'list'])).items.map((tenant) => tenant.id), ['default']);
  });
}

test('analytics.request_logging: no line for each request', async (t) => {
  const agent = await Agent.start(t, { config: 'analytics: {request_logging: false}\n' });
  await agent.api('GET', '/healthz', { headers: { 'x-correlation-id': 'quiet-1' } });
  await agent.stop();
  assert.ok(!agent.output.includes('quiet-1'));
});

test('the environment sets what the file does not, and a single word is a chain of one', async (t) => {
  const agent = await Agent.start(t, { env: { NOTIFYD_MULTI_TENANCY__STRATEGY: 'header', NOTIFYD_ADVANCED__SIGNALR__ENABLED: 'false' } });
  await agent.tenant('blue');
  assert.equal((await agent.api('POST', '/hubs/notifications/negotiate', { tenant: 'blue' })).status, 404);
  assert.equal((await agent.api('GET', '/api/events', { tenant: 'blue' })).status, 200);
});
