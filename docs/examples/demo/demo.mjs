// The main job from nothing: onboard a tenant, publish, see it live, survive a crash.

import { isDeepStrictEqual } from 'node:util';

import { Orders } from './orders.mjs';
import { Screen } from './screen.mjs';
import { Stage, freePort } from './stage.mjs';

const ORDERS = 10_000;
const KILL_AFTER = 4_000;
const QUOTES = [
  { fromCurrency: 'USD', toCurrency: 'GBP', amount: 1000, customerId: 'customer_7' },
  { fromCurrency: 'EUR', toCurrency: 'JPY', amount: 250.5 },
  { fromCurrency: 'CHF', toCurrency: 'ZAR', amount: 99 },
];

const stage = await Stage.open(process.env.NOTIFY_BIN_DIR);
const screens = [];
let agent;
let listen = '127.0.0.1:0';

async function startAgent() {
  await stage.run('rm -f "$DEMO/data/notifyd.addr"', { quiet: true });
  agent = stage.start(`notifyd --config "$DEMO/notifyd.yaml" --data-dir "$DEMO/data" --listen ${listen} >> "$DEMO/notifyd.log" 2>&1`);
  const address = stage.until('the agent is ready', async () => {
    const text = await stage.read('data/notifyd.addr');
    return text.endsWith('\n') && text.trim();
  });
  const ended = agent.ended.then(async (code) => {
    throw new Error(`notifyd ended with ${code}:\n${await stage.read('notifyd.log')}`);
  });
  ended.catch(() => {});
  listen = await Promise.race([address, ended]);
}

async function step1() {
  stage.heading(1, 'An agent, on a temporary data folder and a free port');
  console.log(`$ cd docs/examples/demo; export DEMO=${stage.folder}`);
  stage.upstreamPort = await freePort();
  await stage.run(`sed s/9000/${stage.upstreamPort}/ notifyd.yaml > "$DEMO/notifyd.yaml"`);
  await startAgent();
  stage.set('NOTIFYCTL_ENDPOINT', `unix:${stage.folder}/data/notifyd.sock`);
  stage.set('URL', `http://${listen}`);
  const status = await stage.json('notifyctl agent status');
  stage.check(status.health === 'ready' && status.tenants === 0, `it is ready at ${listen}, without a tenant`);
}

async function step2() {
  stage.heading(2, 'Two tenants, with an API key each and a hub token for a user of each');
  for (const [tenant, user] of [['blue', 'alice'], ['green', 'gina']]) {
    await stage.run(`notifyctl tenant create -f ${tenant}.yaml`);
    const key = await stage.json(`notifyctl key create --tenant ${tenant} --role publisher,viewer`);
    stage.set(`${tenant.toUpperCase()}_KEY`, key.key);
    const token = await stage.json(`notifyctl token create --tenant ${tenant} --user ${user} --ttl 1h`);
    stage[tenant] = { key: key.key, token: token.token };
  }
  await stage.run('notifyctl template push quote-ready --tenant blue');
  await stage.run('notifyctl trigger put -f trigger.yaml --tenant blue');
  const { items } = await stage.json('notifyctl tenant list', { quiet: true });
  stage.check(isDeepStrictEqual(items.map((tenant) => tenant.id), ['blue', 'green']), 'blue and green are there');
}

async function step3() {
  stage.heading(3, "The FX quote service, behind the agent's gateway");
  stage.start(`node ../fx-quotes/server.mjs --port ${stage.upstreamPort} > "$DEMO/quotes.log"`);
  await stage.until('the quote service is ready', async () => (await stage.read('quotes.log')).includes('listening'));
  stage.check(true, 'it quotes the monthly averages of June 2026 of the Federal Reserve, release H.10');
}

async function step4() {
  stage.heading(4, 'Stock SignalR clients of both tenants, and a tail of blue');
  for (const [tenant, types] of [['blue', ['fx.*', 'order.*']], ['green', ['*']]]) {
    const screen = new Screen(stage.env.URL, stage[tenant].token, types);
    screens.push(screen);
    stage[tenant].screen = await screen.open();
    stage.say(`@microsoft/signalr as ${screen.welcome.user} of ${screen.welcome.tenant}: ${screen.welcome.groups.join(', ')}`);
  }
  stage.tail = stage.start('notifyctl event tail --tenant blue --after 0 --state "$DEMO/tail.pos" -o ndjson > "$DEMO/tail.ndjson" 2> "$DEMO/tail.err"');
  await stage.until('the tail writes', async () => (await tailed()).length > 0);
  stage.check(stage.blue.screen.welcome.tenant === 'blue' && stage.green.screen.welcome.tenant === 'green', 'each client is in its own tenant');
}

async function tailed(type) {
  const lines = (await stage.read('tail.ndjson')).split('\n').slice(0, -1).map((line) => JSON.parse(line));
  return type ? lines.filter((event) => event.type === type) : lines;
}

/** The answers without what is new in each quote. */
const timeless = (text) => text.replace(/"(quoteId|quotedAt|validUntil)":"[^"]*"/g, '"$1":"…"');

async function askQuotes() {
  const answers = [];
  for (const quote of QUOTES) {
    const data = JSON.stringify(quote);
    const answer = await stage.run(`curl -sS "$URL/api/fx/quote" -H "Authorization: Bearer $BLUE_KEY" -H 'Content-Type: application/json' -d '${data}'`);
    const direct = await stage.run(`curl -sS http://127.0.0.1:${stage.upstreamPort}/api/fx/quote -H 'Content-Type: application/json' -d '${data}'`, { quiet: true });
    if (timeless(answer) !== timeless(direct)) throw new Error(`not the upstream's answer:\n${answer}\n${direct}`);
    answers.push(JSON.parse(answer));
  }
  return answers;
}

async function step5() {
  stage.heading(5, 'Quotes through the gateway: an event, a notification, and nobody else');
  const quotes = await askQuotes();
  stage.check(true, "the quote service's answers reach the caller unchanged, to the byte");
  const { items } = await stage.json('notifyctl event list --tenant blue --type fx.quote.created');
  const ids = quotes.map((quote) => quote.quoteId);
  const has = (events) => isDeepStrictEqual(events.map((event) => event.data.quoteId), ids);
  stage.check(has(items), "fx.quote.created is in blue's log, once for each quote");
  const late = Math.max(...items.map((event) => Date.parse(event.recordedtime) - Date.parse(event.data.quotedAt)));
  stage.check(late < 100, `durable at most ${late} ms after the quote was made`);
  const { received } = stage.blue.screen;
  await stage.until("blue's client has the quotes", () => received['fx.quote.created'].length >= ids.length);
  await stage.until('the tail has the quotes', async () => (await tailed('fx.quote.created')).length >= ids.length);
  stage.check(has(received['fx.quote.created']) && has(await tailed('fx.quote.created')), "blue's client and the tail show them");
  await checkNotifications(quotes);
  await checkGreen();
}

async function checkNotifications(quotes) {
  // The rule leaves out what is below 100.
  const wanted = quotes.filter((quote) => quote.amount >= 100).map((quote) => quote.quoteId);
  const { notification } = stage.blue.screen.received;
  await stage.until('the notifications came', () => notification.length >= wanted.length);
  stage.say(`notification: "${notification[0].title}" — ${notification[0].body}`);
  stage.check(isDeepStrictEqual(notification.map((each) => each.data.quoteId), wanted), 'a notification rendered from the template reached the client for each quote of 100 or more');
}

async function checkGreen() {
  const { screen } = stage.green;
  stage.say("green's client invokes JoinTenantGroup('blue'):");
  const refusal = await screen.connection.invoke('JoinTenantGroup', 'blue').then(() => '', (error) => error.message);
  stage.say(refusal);
  stage.check(refusal.includes('forbidden'), 'green may not join tenant::blue');
  const { items } = await stage.json('notifyctl audit list --tenant green --result refused');
  stage.check(items.some((record) => record.action === 'hub.join' && record.target === 'blue' && record.actor === 'user:gina'), 'and that is in the audit');
  // What green publishes itself arrives, so its client was listening all the time.
  await stage.run('notifyctl event publish --tenant green --type green.greeting --data \'{"text": "hello"}\'');
  await stage.until('green hears itself', () => screen.received['green.greeting'].length === 1);
  const foreign = [...screen.received['fx.quote.created'], ...screen.received.notification];
  stage.check(foreign.length === 0, "green's client, subscribed to everything, saw nothing but its own event");
}

async function step6() {
  stage.heading(6, `kill -9 in the middle of ${ORDERS.toLocaleString('en')} publishes`);
  const orders = new Orders(stage.env.URL, stage.blue.key, ORDERS);
  let restarted;
  const back = async () => {
    await stage.until('the restart begins', () => restarted !== undefined);
    await restarted;
  };
  const publishing = orders.publish(back);
  publishing.catch(() => {});
  await Promise.race([publishing, stage.until('4,000 are acknowledged', () => orders.acknowledged.size >= KILL_AFTER)]);
  const before = orders.acknowledged.size;
  console.log(`$ kill -9 ${agent.pid}`);
  await stage.end(agent, 'SIGKILL');
  restarted = startAgent();
  await restarted;
  await publishing;
  const stored = [...orders.unknown].filter((id) => orders.acknowledged.get(id).duplicate).length;
  stage.say(`${before} were acknowledged before the kill; ${orders.unknown.size} requests were cut off and sent again with the same id, ${stored} of them had been stored`);
  await checkOrders(orders);
}

async function checkOrders(orders) {
  stage.check(orders.acknowledged.size === ORDERS, `all ${ORDERS.toLocaleString('en')} are acknowledged`);
  const log = (await stage.run(`notifyctl event list --tenant blue --after 0 --type order.placed --limit ${2 * ORDERS} -o ndjson`))
    .trimEnd().split('\n').map((line) => JSON.parse(line));
  const ids = log.map((event) => event.id);
  stage.check(log.length === ORDERS && new Set(ids).size === ORDERS, `the log has ${log.length.toLocaleString('en')}, each exactly once`);
  stage.check(log.every((event, i) => event.sequence === orders.acknowledged.get(event.id).sequence && (i === 0 || event.sequence > log[i - 1].sequence)), 'in order, each at the position that was acknowledged');
  const { screen } = stage.blue;
  const seen = screen.received['order.placed'];
  await stage.until(`blue's client has all orders`, () => seen.length >= ORDERS);
  stage.check(screen.reconnects >= 1 && screen.gaps.length === 0 && isDeepStrictEqual(seen.map((event) => event.id), ids), "blue's client reconnected by itself, went on after its last event, and has each once, in order");
  await stage.until('the tail has all orders', async () => (await tailed('order.placed')).length >= ORDERS);
  // It tells once it has caught up.
  const [told] = await stage.until('the tail says that it reconnected', async () => (await stage.read('tail.err')).match(/reconnected, replayed \d+/));
  stage.check(isDeepStrictEqual((await tailed('order.placed')).map((event) => event.id), ids), `the tail says "${told}" and has each once, in order`);
  stage.log = log;
}

async function step7() {
  stage.heading(7, 'Send a range again, count, and preview');
  const { screen } = stage.blue;
  const seen = screen.received['order.placed'];
  const range = stage.log.slice(100, 110);
  const place = (event) => `${event.epoch}-${event.sequence}`;
  const replay = `notifyctl event replay --tenant blue --after ${place(stage.log[99])} --last ${place(range.at(-1))} --type order.placed --to-subscription ${screen.subscription}`;
  const plan = await stage.json(`${replay} --plan`);
  const done = await stage.json(`${replay} --yes`);
  await stage.until('the replayed events came', () => seen.length >= ORDERS + range.length);
  const again = seen.slice(ORDERS);
  stage.check(plan.events === range.length && done.sent === range.length && again.length === range.length
    && again.every((event, i) => event.replayed === true && event.sequence === undefined && event.originalsequence === range[i].sequence && event.data.order === range[i].id),
  `${range.length} events reached one subscription again, marked as replayed, with their original positions`);
  await checkMetrics();
  stage.check(await stage.end(agent) === 0, 'the agent drained and stopped on SIGTERM');
  stage.say('Without an agent, with the engine that the agent uses:');
  const preview = await stage.run('notifyctl template preview quote-ready --sample quote');
  stage.check(preview.includes('12,500.00 USD buys 10,795.44 EUR'), 'the template is rendered locally');
}

async function checkMetrics() {
  const query = 'notifyctl metric query events --by tenant,type --since 1h';
  const count = (rows, tenant, type) => rows.find((row) => row.tenant === tenant && row.type === type)?.value ?? 0;
  await stage.run(query);
  const { rows } = await stage.json(query, { quiet: true });
  stage.check(count(rows, 'blue', 'order.placed') === ORDERS && count(rows, 'blue', 'fx.quote.created') === QUOTES.length
    && count(rows, 'green', 'green.greeting') === 1 && count(rows, 'green', 'order.placed') === 0, 'the counts per tenant and type are exact');
}

async function close() {
  for (const screen of screens) await screen.connection.stop().catch(() => {});
  await stage.close();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => { close().finally(() => process.exit(130)); });
}
const begun = Date.now();
try {
  for (const step of [step1, step2, step3, step4, step5, step6, step7]) await step();
  console.log(`\nEverything that was claimed was checked, in ${((Date.now() - begun) / 1000).toFixed(1)} s.`);
} catch (error) {
  console.error(`\nThe demo failed: ${error.message}\n${(await stage.read('notifyd.log')).split('\n').slice(-8).join('\n')}`);
  process.exitCode = 1;
} finally {
  await close();
}
