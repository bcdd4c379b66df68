// Processes: one that runs to its end, and one whose lines are read while it goes on.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

/** Runs a program to its end: {code, stdout, stderr}. Another exit code than `expect` throws; null accepts any. */
export async function runToEnd(file, args, { expect = 0, stdin = '', env = process.env, cwd } = {}) {
  const child = spawn(file, args, { env, cwd, stdio: 'pipe' });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => { stdout += text; });
  child.stderr.setEncoding('utf8').on('data', (text) => { stderr += text; });
  child.stdin.on('error', () => {});  // It may end without reading.
  child.stdin.end(stdin);
  const [exitCode, signal] = await once(child, 'close');
  const code = exitCode ?? signal;
  if (expect !== null && code !== expect) {
    throw new Error(`${file} ${args.join(' ')}\nended with ${code}, not ${expect}\n${stdout}${stderr}`);
  }
  return { code, stdout, stderr };
}

/** A program that goes on: its lines of standard output as they come. */
export class Command {
  #waiting = new Set();

  constructor(file, args, { env = process.env, cwd } = {}) {
    this.lines = [];
    this.stderr = '';
    this.child = spawn(file, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    this.closed = once(this.child, 'close').then(([code, signal]) => code ?? signal);
    this.child.stderr.setEncoding('utf8').on('data', (text) => { this.stderr += text; this.#look(); });
    createInterface({ input: this.child.stdout }).on('line', (line) => { this.lines.push(line); this.#look(); });
  }

  #look() {
    for (const check of this.#waiting) check();
  }

  /** Returns what `predicate(this)` returns, once that is truthy. */
  async until(predicate, ms = 20_000) {
    const now = predicate(this);
    if (now) return now;
    const timeout = new AbortController();
    let check;
    const met = new Promise((resolve) => {
      check = () => {
        const value = predicate(this);
        if (value) resolve(value);
      };
      this.#waiting.add(check);
    });
    try {
      const late = wait(ms, undefined, { signal: timeout.signal }).then(() => {
        throw new Error(`not within ${ms} ms; stdout:\n${this.lines.join('\n')}\nstderr:\n${this.stderr}`);
      });
      return await Promise.race([met, late]);
    } finally {
      timeout.abort();
      this.#waiting.delete(check);
    }
  }

  /** The first `count` lines. */
  async atLeast(count, ms) {
    await this.until(() => this.lines.length >= count, ms);
    return this.lines.slice(0, count);
  }

  /** Ends it by a signal and returns its exit code. */
  async end(signal = 'SIGTERM') {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    return this.closed;
  }
}
