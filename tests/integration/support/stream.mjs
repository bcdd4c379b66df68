// An event stream, block by block, as the wire has it.

import { within } from './expect.mjs';

async function* blocksOf(body) {
  let buffer = '';
  for await (const piece of body.pipeThrough(new TextDecoderStream())) {
    buffer += piece;
    for (let end = buffer.indexOf('\n\n'); end >= 0; end = buffer.indexOf('\n\n')) {
      const lines = buffer.slice(0, end).split('\n');
      buffer = buffer.slice(end + 2);
      yield Object.fromEntries(lines.map((line) => line.split(/: ?(.*)/s).slice(0, 2)));
    }
  }
}

/**
 * Opens a stream that ends with the test: {response, blocks, events}. `blocks.next()` is the next block, as
 * {id, data, event, retry}; `events.next()` the next one with data.
 */
export async function openStream(t, url, { key, headers = {} } = {}) {
  const control = new AbortController();
  t.after(() => control.abort());
  const all = key ? { ...headers, authorization: `Bearer ${key}` } : headers;
  const response = await fetch(url, { headers: all, signal: control.signal });
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  const source = blocksOf(response.body);
  const next = async () => {
    const { value, done } = await within('a block of the stream', source.next(), 20_000);
    if (done) throw new Error('the stream ended');
    return value;
  };
  const nextEvent = async () => {
    for (;;) {
      const block = await next();
      if (block.data !== undefined) return block;
    }
  };
  return { response, blocks: { next }, events: { next: nextEvent } };
}
