// notifyctl as scripts and people use it: outputs, exit codes, errors, help.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { Agent, binary } from './support/agent.mjs';
import { runToEnd } from './support/command.mjs';

const agent = await Agent.start({ after });
const blue = await agent.tenant('blue');
const ctl = (line, options) => agent.notifyctl(Array.isArray(line) ? line : line.split(' '), options);
const json = (line, options) => agent.json(Array.isArray(line) ? line : line.split(' '), options);
const publish = (...more) => json(['event', 'publish', '--tenant', 'blue', '--type', 'cli.event', ...more]);

/** notifyctl where nothing is known: no environment, no home, no agent nearby. */
async function bare(t, args, { env = {}, expect = null } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'notify-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return runToEnd(binary('notifyctl'), args, { expect, cwd: folder, env: { PATH: process.env.PATH, HOME: folder, ...env } });
}

// Shapes ------------------------------------------------------------------------------------------------

test('tenant create and get print {id, state, tier, createdAt}', async () => {
  for (const tenant of [await json('tenant create shapes'), await json('tenant get shapes')]) {
    assert.deepEqual([tenant.id, tenant.state, tenant.tier], ['shapes', 'active', 'standard']);
    assert.ok(Date.parse(tenant.createdAt));
  }
});

test('key create prints {id, key, role, tenant}, and the key is never shown again', async () => {
  const made = await json('key create --tenant blue --role viewer --name reader');
  assert.deepEqual([made.role, made.tenant], ['viewer', 'blue']);
  assert.match(made.key, new RegExp(`^nk_${made.id}_[\\w-]{43}$`));
  const { stdout } = await ctl('key list --tenant blue -o json');
  assert.ok(stdout.includes(made.id) && !stdout.includes(made.key));
});

test('token create prints {token, expiresAt}', async () => {
  const { token, expiresAt } = await json('token create --tenant blue --user alice --ttl 2h');
  assert.equal(token.split('.').length, 3);
  assert.ok(Math.abs(Date.parse(expiresAt) - Date.now() - 7_200_000) < 60_000);
});

test('event publish prints {id, epoch, sequence, duplicate}', async () => {
  const { id, epoch, sequence, duplicate } = await publish('--data', '{"n": 1}', '--id', 'shape-1');
  assert.deepEqual([id, duplicate], ['shape-1', false]);
  assert.ok(Number.isInteger(epoch) && Number.isInteger(sequence));
  assert.equal((await publish('--id', 'shape-1')).duplicate, true);
});

test('agent status prints version, uptime, counts and places', async () => {
  const status = await json('agent status');
  for (const name of ['version', 'uptimeSeconds', 'tenants', 'connections', 'rssBytes', 'dataDir', 'listen', 'health']) assert.ok(status[name] !== undefined, name);
  assert.equal(`http://${status.listen}`, agent.url);
});

test('metric query prints {metric, rows}', async () => {
  const { metric, rows } = await json('metric query events --by tenant,type --since 1h');
  assert.equal(metric, 'events');
  assert.ok(rows.every((row) => row.tenant && row.type && Number.isInteger(row.value)));
});

test('a list is {items, next}, ndjson is one item a line, name is the ids alone', async () => {
  const list = await json('tenant list');
  assert.deepEqual(Object.keys(list).toSorted(), ['items', 'next']);
  const lines = (await ctl('tenant list -o ndjson')).stdout.trimEnd().split('\n').map((line) => JSON.parse(line).id);
  const names = (await ctl('tenant list -o name')).stdout.trimEnd().split('\n');
  assert.deepEqual(lines, list.items.map((tenant) => tenant.id));
  assert.deepEqual(names, lines);
});

test('yaml and tables are for people, on stdout, without colour in a pipe', async () => {
  assert.match((await ctl('tenant get blue -o yaml')).stdout, /^id: blue$/m);
  const { stdout } = await ctl('tenant list');
  assert.match(stdout, /^ID\s+STATE/);
  assert.ok(!stdout.includes('\x1b'));
});

test('event list pages until it has --limit, ascending, and ends with the last ones', async () => {
  const events = Array.from({ length: 1200 }, (_, n) => ({ type: 'many.events', id: `many-${n}` }));
  await agent.api('POST', '/api/events/batch', { key: blue.key, json: events });
  const list = async (...more) => (await json(['event', 'list', '--tenant', 'blue', '--type', 'many.*', ...more])).items.map((event) => event.id);
  assert.deepEqual(await list('--after', '0', '--limit', '1200'), events.map((event) => event.id));
  assert.deepEqual(await list('--limit', '3'), ['many-1197', 'many-1198', 'many-1199']);
});

// Exit codes --------------------------------------------------------------------------------------------

const CASES = [
  [0, ['tenant', 'get', 'blue'], null],
  [2, ['tenant', 'get'], 'usage'],
  [2, ['tenant', 'list', '-o', 'xml'], 'usage'],
  [2, ['tenant', 'paint'], 'usage'],
  [2, ['tenant', 'list', '--colour'], 'usage'],
  [3, ['tenant', 'get', 'nobody'], 'tenant_not_found'],
  [3, ['event', 'get', 'nothing', '--tenant', 'blue'], 'not_found'],
  [4, ['tenant', 'list', '--token', blue.key], 'forbidden'],
  [4, ['event', 'list', '--token', blue.key, '--tenant', 'green'], 'tenant_mismatch'],
  [5, ['tenant', 'create', 'blue'], 'tenant_exists'],
  [7, ['tenant', 'list', '--endpoint', 'unix:/nowhere/notifyd.sock'], 'agent_unreachable'],
  [8, ['event', 'publish', '--tenant', 'blue', '--type', 'nodot'], 'invalid_event'],
  [8, ['event', 'publish', '--tenant', 'blue', '--type', 'a.b', '--data', '{"x":'], null],
];

for (const [code, args, name] of CASES) {
  test(`notifyctl ${args.map((arg) => (arg === blue.key ? 'KEY' : arg)).join(' ')} is exit ${code}`, async () => {
    const { stdout, stderr } = await ctl([...args, ...(args.includes('-o') ? [] : ['-o', 'json'])], { expect: code });
    if (code === 0) return;
    assert.equal(stdout, '');
    if (args.includes('xml')) return;
    const { error } = JSON.parse(stderr);
    assert.deepEqual([error.exitCode, name ?? error.code], [code, error.code]);
    assert.ok(error.message.length > 10);
  });
}

test('over a quota is exit 6', async () => {
  await agent.tenant('tiny');
  await ctl('tenant update tiny --limit eventsPerSecond=1 --limit eventsBurst=1');
  await json('event publish --tenant tiny --type a.b');
  const { stderr } = await ctl('event publish --tenant tiny --type a.b -o json', { expect: 6 });
  assert.equal(JSON.parse(stderr).error.exitCode, 6);
});

test('an error for people says what failed and the command that helps', async () => {
  const { stderr } = await ctl('tenant get nobody', { expect: 3 });
  assert.match(stderr, /^error: .*nobody/);
  assert.match(stderr, /help: .*notifyctl/);
});

// What changes something ---------------------------------------------------------------------------------

test('nothing is destroyed without --yes, and nothing prompts', async () => {
  const { stderr } = await ctl('tenant delete shapes', { expect: 2, stdin: 'y\n' });
  assert.match(stderr, /--yes/);
  assert.equal((await json('tenant get shapes')).state, 'active');
});

test('--dry-run shows the request and sends nothing', async () => {
  const { stdout } = await ctl('tenant create dry --dry-run');
  assert.match(stdout, /POST/);
  await ctl('tenant get dry', { expect: 3 });
});

test('--if-not-exists makes a script safe to run twice', async () => {
  await ctl('tenant create twice --if-not-exists');
  await ctl('tenant create twice --if-not-exists');
});

test('-f - reads an object from standard input', async () => {
  const made = await json('tenant create -f -', { stdin: 'id: piped\nname: Piped in\n' });
  assert.deepEqual([made.id, made.name], ['piped', 'Piped in']);
});

test('nouns have aliases, and an unknown verb names the nearest', async () => {
  assert.equal((await ctl('tenants ls -o name')).stdout, (await ctl('tenant list -o name')).stdout);
  assert.match((await ctl('tenant creat x', { expect: 2 })).stderr, /create/);
});

// Finding the agent -------------------------------------------------------------------------------------

test('over the Unix socket no configuration is needed, and it is audited as local', async () => {
  const { items } = await json('audit list --tenant blue --action key.create');
  assert.match(items[0].actor, /^local:\d+$/);
});

test('./data/notifyd.sock is found without being named', async () => {
  const { stdout } = await runToEnd(binary('notifyctl'), ['agent', 'status', '-o', 'json'], { cwd: agent.folder, env: { PATH: process.env.PATH, HOME: '/nonexistent' } });
  assert.equal(JSON.parse(stdout).dataDir, agent.dataDir);
});

test('NOTIFYCTL_ENDPOINT and NOTIFYCTL_TOKEN name the agent and the credential', async (t) => {
  const env = { NOTIFYCTL_ENDPOINT: agent.url, NOTIFYCTL_TOKEN: blue.key };
  assert.equal((await bare(t, ['event', 'list', '-o', 'name'], { env })).code, 0);
  assert.equal((await bare(t, ['event', 'list'], { env: { ...env, NOTIFYCTL_TOKEN: '' } })).code, 4);
});

test('a context remembers endpoint, token and tenant', async () => {
  const env = { NOTIFYCTL_ENDPOINT: '' };
  await ctl(['context', 'set', 'here', '--endpoint', agent.url, '--token', blue.key, '--tenant', 'blue', '--use'], { env });
  assert.ok((await ctl('event list -o name', { env })).stdout.length > 0);
  await ctl(['context', 'set', 'nowhere', '--endpoint', 'unix:/nowhere.sock'], { env });
  await ctl('context use nowhere', { env });
  await ctl('event list', { env, expect: 7 });
  assert.ok(!(await ctl('context list', { env })).stdout.includes(blue.key));
  await ctl('context delete nowhere', { env });
  await ctl('context delete here', { env });
});

test('doctor says what is wrong and exits 1', async (t) => {
  assert.equal((await ctl('doctor')).code, 0);
  const { code, stdout } = await bare(t, ['doctor', '--endpoint', 'http://127.0.0.1:1']);
  const { items } = JSON.parse((await ctl('doctor -o json')).stdout);
  assert.equal(items.find(({ check }) => check === 'clock').state, 'ok');
  assert.equal(code, 1);
  assert.match(stdout, /127\.0\.0\.1:1/);
});

// event tail -------------------------------------------------------------------------------------------

test('event tail goes on over a restart of the agent, and says so', async (t) => {
  const tail = agent.follow(t, ['event', 'tail', '--tenant', 'blue', '--type', 'tail.*', '--after', '0', '-o', 'ndjson']);
  await json('event publish --tenant blue --type tail.one');
  await tail.atLeast(1);
  await agent.kill();
  await agent.launch();
  await json('event publish --tenant blue --type tail.two');
  const lines = await tail.atLeast(2);
  assert.deepEqual(lines.map((line) => JSON.parse(line).type), ['tail.one', 'tail.two']);
  await tail.until(() => /reconnected, replayed \d+/.test(tail.stderr));
});

test('event tail --state goes on over a restart of tail itself, without losing or repeating a line', async (t) => {
  const state = join(agent.folder, 'tail.pos');
  const args = ['event', 'tail', '--tenant', 'blue', '--type', 'state.*', '--state', state, '-o', 'ndjson'];
  const first = agent.follow(t, [...args, '--after', '0']);
  for (const n of [1, 2]) await publish('--type', `state.n${n}`);
  await first.atLeast(2);
  assert.equal(await first.end('SIGINT'), 130);
  for (const n of [3, 4]) await publish('--type', `state.n${n}`);
  const second = agent.follow(t, args);
  assert.deepEqual((await second.atLeast(2)).map((line) => JSON.parse(line).type), ['state.n3', 'state.n4']);
});

test('event tail --exit-on-gap ends with 1 where events are missing', async () => {
  const { sequence, epoch } = await publish();
  const { stderr } = await ctl(['event', 'tail', '--tenant', 'blue', '--after', `${epoch}-${sequence + 500}`, '--exit-on-gap'], { expect: 1 });
  assert.match(stderr, /gap/);
});

// Templates, without an agent ----------------------------------------------------------------------------

test('template preview and render need no agent', async (t) => {
  const folder = new URL('../../templates/fx-quote-created', import.meta.url).pathname;
  const golden = await readFile(`${folder}/golden/standard/log.txt`, 'utf8');
  const data = `${folder}/samples/standard.json`;
  assert.equal((await bare(t, ['template', 'render', `${folder}/log.txt.hbs`, '--data', data], { expect: 0 })).stdout.trimEnd(), golden.trimEnd());
  assert.match((await bare(t, ['template', 'preview', folder], { expect: 0 })).stdout, /12,500\.00 USD is 10,795\.44 EUR/);
});

test('an unknown variable is exit 8, with line and column', async (t) => {
  const { code, stderr } = await bare(t, ['template', 'render', '-', '--data', '/dev/null'], { env: {} });
  assert.notEqual(code, 0, stderr);
  const folder = await mkdtemp(join(tmpdir(), 'notify-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'x.hbs'), 'a\n{{nmae}}');
  await writeFile(join(folder, 'x.json'), '{"name": 1}');
  const wrong = await bare(t, ['template', 'render', join(folder, 'x.hbs'), '--data', join(folder, 'x.json')]);
  assert.equal(wrong.code, 8);
  assert.match(wrong.stderr, /2:\d+/);
  assert.match(wrong.stderr, /name/);
});

test('template render --batch answers a line for a line', async () => {
  const stdin = '{"template": "Hi {{name}}", "data": {"name": "A"}}\n{"template": "{{x}}", "data": {}}\n';
  const { stdout } = await ctl('template render --batch', { stdin, expect: null });
  const [good, bad] = stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
  assert.deepEqual(good, { output: 'Hi A' });
  assert.ok(bad.error.code && bad.error.line === 1 && bad.error.column >= 1 && bad.error.detail);
});

// Help, init, completion, bench ---------------------------------------------------------------------------

/** Every command by its words, from the help texts themselves. */
async function commandTree() {
  const section = async (words) => {
    const { stdout } = await ctl([...words, '--help']);
    const [, list] = stdout.match(/^Commands:\n((?: {2}.*\n)+)/m) ?? [];
    return { help: stdout, names: list ? [...list.matchAll(/^ {2}([\w-]+)/gm)].map(([, name]) => name) : [] };
  };
  const leaves = [];
  for (const noun of (await section([])).names) {
    const { help, names } = await section([noun]);
    if (names.length === 0) leaves.push({ words: [noun], help });
    for (const verb of names) leaves.push({ words: [noun, verb], help: (await section([noun, verb])).help });
  }
  return leaves;
}

test('every command of the issue is there, with a usage line and examples', async () => {
  const leaves = await commandTree();
  const known = leaves.map(({ words }) => words.join(' '));
  for (const command of ['tenant create', 'tenant list', 'tenant get', 'tenant update', 'tenant suspend', 'tenant resume', 'tenant delete', 'key create', 'key list', 'key revoke',
    'token create', 'event publish', 'event tail', 'event get', 'event list', 'event replay', 'notification send', 'notification test', 'template preview', 'template render',
    'metric query', 'audit list', 'context use', 'agent status', 'init', 'bench ingest', 'bench latency', 'bench render', 'doctor', 'completion', 'version']) {
    assert.ok(known.includes(command), command);
  }
  for (const { words, help } of leaves) assert.match(help, new RegExp(`^Usage:\\n {2}notifyctl ${words.join(' ')}[\\s\\S]*^Examples:\\n {2}# .*\\n {2}.*notifyctl`, 'm'), words.join(' '));
});

test('init writes files that the agent takes', async (t) => {
  const folder = join(agent.folder, 'init');
  await ctl(['init', folder]);
  await runToEnd(binary('notifyd'), ['--config', join(folder, 'notifyd.yaml'), '--check-config']);
  const { stderr } = await ctl(['init', folder], { expect: null });
  assert.match(stderr, /--force/);
});

for (const shell of ['bash', 'zsh', 'fish']) {
  test(`completion ${shell} prints a script that knows the commands`, async () => {
    const { stdout } = await ctl(`completion ${shell}`);
    assert.ok(stdout.includes('tenant') && stdout.includes('replay'));
  });
}

/** What the shell offers behind each of these lines, with the script of `completion` loaded as a user loads it. */
async function offers(shell, lines) {
  const { stdout: script } = await ctl(`completion ${shell}`);
  const ask = {
    bash: (line) => `COMP_WORDS=(${line} ""); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _notifyctl; echo "\${COMPREPLY[*]}"`,
    fish: (line) => `string join ' ' (complete -C '${line} ' | string split -f1 \\t)`,
  }[shell];
  const { stdout } = await runToEnd(shell, ['-c', [script, ...lines.map(ask)].join('\n')]);
  return stdout.trimEnd().split('\n').map((line) => line.split(' '));
}

const LINES = ['notifyctl', 'notifyctl tenant', 'notifyctl --tenant blue events', 'notifyctl event publish --priority', 'notifyctl completion'];
for (const shell of ['bash', 'fish']) {
  const there = spawnSync(shell, ['--version']).status === 0;
  test(`the completion of ${shell} offers what may come next`, { skip: !there }, async () => {
    const [nouns, verbs, behindFlags, values, choices] = await offers(shell, LINES);
    assert.ok(['tenant', 'event', 'doctor'].every((noun) => nouns.includes(noun)) && !nouns.includes('reference'), nouns.join(' '));
    assert.ok(['create', 'suspend'].every((verb) => verbs.includes(verb)), verbs.join(' '));
    assert.ok(behindFlags.includes('tail'), behindFlags.join(' '));
    assert.deepEqual(values.sort(), ['critical', 'high', 'low', 'medium']);
    assert.ok(['bash', 'zsh', 'fish'].every((word) => choices.includes(word)), choices.join(' '));
  });
}

test('bench prints its figures', async () => {
  await agent.tenant('bench');
  for (const [line, operation] of [['bench ingest --tenant bench --count 20000', 'ingest'], ['bench latency --tenant bench --rate 200 --seconds 1', 'latency'], ['bench latency --tenant bench --receiver sse --rate 200 --seconds 1', 'latency'], ['bench render --count 2000', 'render']]) {
    const figures = await json(line);
    for (const name of ['operation', 'config', 'count', 'seconds', 'perSecond', 'p50Ms', 'p99Ms', 'p999Ms', 'errors', 'cpuSeconds', 'rssBytes']) assert.ok(figures[name] !== undefined, name);
    assert.deepEqual([figures.operation, figures.errors], [operation, 0]);
    if (operation === 'latency') assert.equal(figures.count, 200);
  }
});

test('version asks no agent', async (t) => {
  const { stdout } = await bare(t, ['version', '-o', 'json'], { expect: 0 });
  assert.match(JSON.parse(stdout).version, /^\d+\.\d+\.\d+/);
});
