// Tokens as a foreign issuer makes them, by node:crypto.

import { createHmac, sign } from 'node:crypto';

const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const SIGNERS = {
  RS256: (text, key) => sign('sha256', Buffer.from(text), key),
  ES256: (text, key) => sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }),
  HS256: (text, key) => createHmac('sha256', key).update(text).digest(),
  none: () => Buffer.alloc(0),
};

/** A signed token. `header` adds members such as `kid`. */
export function jwt(alg, key, claims, header = {}) {
  const text = `${encode({ alg, typ: 'JWT', ...header })}.${encode(claims)}`;
  return `${text}.${SIGNERS[alg](text, key).toString('base64url')}`;
}
