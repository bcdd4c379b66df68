// What notifyd says about a configuration, without serving.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { binary } from './agent.mjs';
import { runToEnd } from './command.mjs';

/** `notifyd --check-config` on this text: {code, stdout, stderr}. */
export async function checkConfig(t, text, { args = ['--check-config'], env = {} } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'notify-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'notifyd.yaml');
  await writeFile(file, text);
  return runToEnd(binary('notifyd'), ['--config', file, '--data-dir', join(folder, 'data'), ...args], { expect: null, env: { ...process.env, ...env } });
}
