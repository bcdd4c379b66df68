// The real notifyd and notifyctl, from NOTIFY_BIN_DIR, on a folder and a port of their own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { Command, runToEnd } from './command.mjs';

const READY_WITHIN_MS = 20_000;
const STOPPED_WITHIN_MS = 30_000;

export function binary(name) {
  const folder = process.env.NOTIFY_BIN_DIR;
  if (!folder) throw new Error('NOTIFY_BIN_DIR names the folder of notifyd and notifyctl; ctest sets it');
  return join(folder, name);
}

/** The answer of one request: `body` is parsed where it is JSON, else text. */
async function answer(response) {
  const text = await response.text();
  const json = /\bjson\b/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, text, body: json && text ? JSON.parse(text) : text };
}

export class Agent {
  #child = null;
  #output = '';
  #listen = '127.0.0.1:0';

  constructor(folder, options) {
    this.folder = folder;
    this.dataDir = join(folder, 'data');
    this.options = options;
  }

  /**
   * Starts an agent that ends with the test `t` (of node:test).
   * options: `config` (text of notifyd.yaml), `args`, `env`.
   */
  static async start(t, options = {}) {
    const agent = new Agent(await mkdtemp(join(tmpdir(), 'notify-')), options);
    t.after(() => agent.dispose());
    if (options.config) await writeFile(agent.configFile, options.config);
    await agent.launch();
    return agent;
  }

  get configFile() { return join(this.folder, 'notifyd.yaml'); }
  get socket() { return join(this.dataDir, 'notifyd.sock'); }
  get pid() { return this.#child?.pid; }
  /** Everything that the agent wrote to stdout and stderr, over all its starts. */
  get output() { return this.#output; }

  /** Starts the process and returns when it is ready. A second start listens where the first did. */
  async launch() {
    const addressFile = join(this.dataDir, 'notifyd.addr');
    await rm(addressFile, { force: true });
    const args = ['--data-dir', this.dataDir, '--listen', this.#listen, ...(this.options.args ?? [])];
    if (this.options.config) args.push('--config', this.configFile);
    const child = spawn(binary('notifyd'), args, {
      env: { ...process.env, ...this.options.env }, stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    const failed = once(child, 'error').then(([error]) => {
      this.#child = null;  // Nothing runs, so nothing will end.
      throw error;
    });
    failed.catch(() => {});
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => { this.#output += text; });
    }
    this.#listen = await Promise.race([this.#address(addressFile, child), failed]);
    this.url = `http://${this.#listen}`;
    this.adminKey = (await readFile(join(this.dataDir, 'admin.key'), 'utf8')).trim();
    return this;
  }

  async #address(file, child) {
    const deadline = Date.now() + READY_WITHIN_MS;
    for (;;) {
      const text = await readFile(file, 'utf8').catch(() => '');
      if (text.endsWith('\n')) return text.trim();
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`notifyd ended with ${child.exitCode ?? child.signalCode} before it was ready:\n${this.#output}`);
      }
      if (Date.now() > deadline) throw new Error(`notifyd was not ready in ${READY_WITHIN_MS} ms:\n${this.#output}`);
      await wait(5);
    }
  }

  /** Waits for the end, after `signal` where one is given; returns the exit code, or the signal that ended it. */
  async end(signal) {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? child?.signalCode;
    const ended = once(child, 'exit');
    if (signal) child.kill(signal);
    const stuck = wait(STOPPED_WITHIN_MS, 'stuck', { ref: false });
    if ((await Promise.race([ended, stuck])) === 'stuck') {
      child.kill('SIGKILL');
      await ended;
      throw new Error(`notifyd did not end within ${STOPPED_WITHIN_MS} ms of ${signal ?? 'its own wish'}:\n${this.#output}`);
    }
    return child.exitCode ?? child.signalCode;
  }

  kill() { return this.end('SIGKILL'); }
  stop() { return this.end('SIGTERM'); }
  reload() { this.#child.kill('SIGHUP'); }
  async restart() {
    await this.stop();
    return this.launch();
  }

  async dispose() {
    try {
      await this.stop();
    } finally {
      await rm(this.folder, { recursive: true, force: true });
    }
  }

  /**
   * One request: `api('POST', '/api/events/publish', { key, tenant, json })`. Without `key` it is the admin's;
   * `key: null` sends none. `body` with `headers` for anything that is not JSON.
   */
  async api(method, path, { key = this.adminKey, tenant, json, body, headers = {} } = {}) {
    const all = new Headers(headers);
    if (key) all.set('authorization', `Bearer ${key}`);
    if (tenant) all.set('x-tenant', tenant);
    if (json !== undefined) {
      body = JSON.stringify(json);
      if (!all.has('content-type')) all.set('content-type', 'application/json');
    }
    return answer(await fetch(this.url + path, { method, headers: all, body }));
  }

  #commandOptions({ env, ...rest } = {}) {
    return { ...rest, env: { ...process.env, NOTIFYCTL_ENDPOINT: `unix:${this.socket}`, HOME: this.folder, ...env } };
  }

  /**
   * `notifyctl ARGS` to its end, over the Unix socket: {code, stdout, stderr}. Throws unless the exit code is
   * `expect` (default 0; null accepts any).
   */
  notifyctl(args, { expect = 0, ...options } = {}) {
    return runToEnd(binary('notifyctl'), args, { expect, ...this.#commandOptions(options) });
  }

  /** The same with `-o json`, parsed. */
  async json(args, options) {
    return JSON.parse((await this.notifyctl([...args, '-o', 'json'], options)).stdout);
  }

  /** A command that goes on until the test ends it, such as `event tail`. */
  follow(t, args, options) {
    const command = new Command(binary('notifyctl'), args, this.#commandOptions(options));
    t.after(() => command.end());
    return command;
  }

  /** A tenant with a key: {id, key}. */
  async tenant(id, role = 'tenant-admin,publisher') {
    await this.json(['tenant', 'create', id]);
    const { key } = await this.json(['key', 'create', '--tenant', id, '--role', role]);
    return { id, key };
  }

  /** A hub token of a tenant's user. */
  async token(tenant, user, ...args) {
    return (await this.json(['token', 'create', '--tenant', tenant, '--user', user, ...args])).token;
  }
}
