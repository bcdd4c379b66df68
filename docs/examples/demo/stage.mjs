// Where the demo plays: a temporary folder, the processes in it, and what is printed.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const SHOWN_LINES = 6;
const SHOWN_WIDTH = 140;
const color = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code, text) => (color ? `\x1b[${code}m${text}\x1b[0m` : text);

function trimmed(text) {
  const lines = text.trimEnd().split('\n').map((line) => (line.length > SHOWN_WIDTH ? `${line.slice(0, SHOWN_WIDTH - 1)}…` : line));
  const shown = lines.slice(0, SHOWN_LINES);
  if (lines.length > SHOWN_LINES) shown.push(`… ${lines.length - SHOWN_LINES} more lines`);
  // A key or token is to be seen, not to be copied from a screen.
  return shown.join('\n').replace(/(nk_\w+?_|eyJ)[\w.-]{16,}/g, '$1…');
}

/** A port that nobody listens at now. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((closed) => { server.close(closed); });
  return port;
}

export class Stage {
  #children = new Set();
  #begun = Date.now();

  static async open(binaries) {
    const stage = new Stage();
    stage.folder = await mkdtemp(join(tmpdir(), 'notify-demo-'));
    stage.env = { ...process.env, DEMO: stage.folder, NO_COLOR: '1' };
    stage.env.PATH = `${binaries}:${process.env.PATH}`;
    return stage;
  }

  heading(number, text) {
    const seconds = ((Date.now() - this.#begun) / 1000).toFixed(1);
    console.log(`\n${paint('1', `${number}. ${text}`)} ${paint('2', `(${seconds} s)`)}`);
  }

  say(text) { console.log(`  ${text}`); }

  /** Sets a variable that later commands use. */
  set(name, value) {
    this.env[name] = value;
    console.log(paint('36', trimmed(`$ export ${name}=${value}`)));
  }

  /** A claim of the demo: shown where it holds; where it does not, the demo has failed. */
  check(holds, claim) {
    if (!holds) throw new Error(`this does not hold: ${claim}`);
    console.log(`  ${paint('32', '✓')} ${claim}`);
  }

  #spawn(command, output) {
    const child = spawn('bash', ['-c', command], { cwd: HERE, env: this.env, stdio: ['ignore', output, output] });
    this.#children.add(child);
    child.ended = once(child, 'close').then(([code, signal]) => {
      this.#children.delete(child);
      return code ?? signal;
    });
    return child;
  }

  /** Runs a command to its end and returns its standard output. `quiet`: it is not shown. */
  async run(command, { quiet = false, expect = 0 } = {}) {
    if (!quiet) console.log(paint('36', `$ ${command}`));
    const child = this.#spawn(command, 'pipe');
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text) => { out += text; });
    child.stderr.setEncoding('utf8').on('data', (text) => { err += text; });
    const code = await child.ended;
    if (code !== expect) throw new Error(`${command}\nended with ${code}:\n${out}${err}`);
    if (!quiet && out + err) console.log(trimmed(out + err));
    return out;
  }

  async json(command, options) { return JSON.parse(await this.run(`${command} -o json`, options)); }

  /** Starts a command that goes on, its output in files; returns the process itself, not the shell's. */
  start(command) {
    console.log(paint('36', `$ ${command} &`));
    return this.#spawn(`exec ${command}`, 'ignore');
  }

  /** What `probe()` gives once it is not null, false or undefined. */
  async until(what, probe, ms = 20_000) {
    const deadline = Date.now() + ms;
    for (;;) {
      const value = await probe();
      if (value) return value;
      if (Date.now() > deadline) throw new Error(`not within ${ms / 1000} s: ${what}`);
      await wait(10);
    }
  }

  async read(name) { return readFile(join(this.folder, name), 'utf8').catch(() => ''); }

  /** Ends one process by a signal; returns its exit code or that signal. */
  async end(child, signal = 'SIGTERM') {
    child.kill(signal);
    return child.ended;
  }

  async close() {
    for (const child of this.#children) {
      child.kill('SIGKILL');
      await child.ended;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}
