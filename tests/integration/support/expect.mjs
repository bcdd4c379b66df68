// What tests say about answers.

import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';

/** The answer is problem+json with this status and code, says why, and which command helps. */
export function refused(answer, status, code) {
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
  assert.deepEqual([answer.body.code, answer.body.status], [code, status]);
  assert.ok(answer.body.title && answer.body.detail.length > 10 && answer.body.correlationId, answer.text);
  if ([401, 403, 404].includes(status)) assert.match(answer.body.hint, /notify(ctl|d) /, answer.text);
  return answer.body;
}

/** What `probe()` gives once it is truthy: for what nobody announces. */
export async function until(what, probe, ms = 15_000) {
  const deadline = Date.now() + ms;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`not within ${ms} ms: ${what}`);
    await wait(10);
  }
}

/** What the promise gives, if it does so in time. */
export function within(what, promise, ms = 10_000) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`not within ${ms} ms: ${what}`)), ms); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
