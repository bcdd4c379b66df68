// An attacker with valid credentials of one tenant tries everything that it can say to reach another: routes, hub
// methods, names in every spelling, tokens, ids and positions of the other's. Nothing of the other's ever comes
// back, nothing of it changes, its clients notice nothing, and what was refused stands in the audit.
//
// NOTIFY_FUZZ_ATTEMPTS (default 20,000) attempts; NOTIFY_FUZZ_SEED repeats those of an earlier run.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { Agent } from './support/agent.mjs';
import { until } from './support/expect.mjs';
import { Attacks } from './support/isolation_attacks.mjs';
import { Attacker } from './support/isolation_client.mjs';
import { ATTACK, ATTACKER, SECRET, World } from './support/isolation_world.mjs';

const ATTEMPTS = Number(process.env.NOTIFY_FUZZ_ATTEMPTS ?? 20_000);
const SEED = Number(process.env.NOTIFY_FUZZ_SEED ?? Date.now() % 2 ** 31);
const AT_ONCE = 24;
/** A session that was left waits five minutes, and a negotiated connection less. */
const RENEW_EVERY_MS = 60_000;
/** What a refusal of the credential, the tenant or the role says; `hub ` before what a connection was told. */
const AUDITED = [
  'token_invalid', 'unauthenticated', 'tenant_mismatch', 'forbidden', 'hub forbidden', 'hub tenant_mismatch', 'token_expired', 'token_revoked', 'tenant_invalid',
  'tenant_required',
];
const CONFIG = 'log: {level: error}\nmulti_tenancy:\n  strategy: [key, claim, header, path, host, subdomain]\n  base_domains: [api.smartpay.com]\n';

async function routesOf(agent) {
  const { body } = await agent.api('GET', '/openapi.json', { key: null });
  const routes = Object.entries(body.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => ({ method, path })));
  assert.ok(routes.length > 80, `${routes.length} routes`);
  return routes;
}

/** Refusals in all audit chains, by code. */
async function audited(agent) {
  const counts = new Map();
  for (let cursor = ''; cursor !== null;) {
    const { body, text } = await agent.api('GET', `/api/audit?limit=1000${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    assert.ok(body.items, text);
    for (const { result, code, count, action } of body.items) {
      if (result !== 'refused') continue;
      const name = action.startsWith('hub.') ? `hub ${code}` : code;
      counts.set(name, (counts.get(name) ?? 0) + (count ?? 1));
    }
    cursor = body.next;
  }
  return counts;
}

test(`${ATTEMPTS} attempts of one tenant to reach another get nowhere`, { timeout: 120_000 + ATTEMPTS * 20 }, async (t) => {
  t.diagnostic(`NOTIFY_FUZZ_SEED=${SEED}`);
  const agent = await Agent.start(t, { config: CONFIG });
  const world = await World.make(agent);
  const before = await world.state();
  const attacks = new Attacks(SEED, world, await routesOf(agent));
  const attacker = new Attacker(agent, world);
  t.after(() => attacker.close());
  const log = [];
  const fail = (what) => assert.fail(`${what}\nNOTIFY_FUZZ_SEED=${SEED}, the last attempts:\n${log.map((each) => JSON.stringify(each)).join('\n')}`);

  let made = 0;
  let over = false;
  const living = (async () => {
    for (let n = 1000; !over; ++n) {
      await world.publish(n);
      await wait(20);
      if (Date.now() - world.renewedAt > RENEW_EVERY_MS) await world.renew();
    }
  })();
  const attack = async () => {
    while (made < ATTEMPTS) {
      ++made;
      const attempt = attacks.next();
      log.push(attempt);
      if (log.length > 2 * AT_ONCE) log.shift();
      const outcome = await attacker.attempt(attempt);
      if (outcome === 'silent' || outcome === 'closed') fail(`${outcome} instead of an answer: ${JSON.stringify(attempt)}`);
      if (attacker.leaks.length > 0) fail(`${ATTACKER} got ${attacker.leaks[0]}\nby ${JSON.stringify(attempt)}, or one beside it`);
    }
  };
  const began = Date.now();
  await Promise.all(Array.from({ length: AT_ONCE }, attack));
  t.diagnostic(`${made} attempts in ${((Date.now() - began) / 1000).toFixed(1)} s`);
  over = true;
  await living;
  t.diagnostic(JSON.stringify(Object.fromEntries(attacker.outcomes)));

  // Green's clients got what green published, each once, in order, and nothing else; their connections live.
  const last = world.published.at(-1);
  await until('green got its last event', () => world.plain.events.at(-1)?.sequence >= last);
  const seen = world.plain.events.map(({ sequence }) => sequence);
  assert.deepEqual(seen, Array.from(seen, (_, i) => seen[0] + i), 'green was sent something twice, or not at all');
  assert.ok(world.plain.open && world.durable.open, "green's connections were closed");
  assert.ok(world.plain.secret.found, 'the scanner sees what does come');
  for (const victim of [world.plain, world.durable]) assert.equal(victim.attack.found, null);

  // Nothing of green changed, and nothing of the attack lies there.
  assert.deepEqual(await world.state(), before);
  const everything = await world.everything();
  assert.ok(everything.includes(SECRET) && !everything.includes(ATTACK), 'something of the attack is in green');
  await world.unspoiled();

  // Each refusal was counted.
  const wanted = Object.fromEntries(AUDITED.map((code) => [code, attacker.refused.get(code) ?? 0]));
  let counted;
  await until('all refusals are in the audit', async () => {
    const all = await audited(agent);
    counted = Object.fromEntries(AUDITED.map((code) => [code, all.get(code) ?? 0]));
    return AUDITED.every((code) => counted[code] >= wanted[code]);
  }, 30_000).catch(() => {});
  assert.deepEqual(counted, wanted);
  for (const code of AUDITED.slice(0, 6)) assert.ok(wanted[code] > 0, `nothing was refused with ${code}`);
});
