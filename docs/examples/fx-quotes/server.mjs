// The FX quote API that the demo puts behind notifyd's gateway. No dependencies: `node server.mjs`.
//
// Rates: monthly averages of June 2026, Federal Reserve release H.10, units for one US dollar.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

const UNITS_PER_USD = {
  USD: 1, AUD: 1.4235, BRL: 5.1241, CAD: 1.4034, CHF: 0.7993, CNY: 6.7758, DKK: 6.4903, EUR: 0.8684,
  GBP: 0.7497, HKD: 7.8377, INR: 94.96, JPY: 160.77, MXN: 17.3792, NOK: 9.5827, NZD: 1.7295,
  SEK: 9.5155, SGD: 1.2878, ZAR: 16.3886,
};
const SOURCE = 'Federal Reserve H.10, monthly average, June 2026';
const MARGIN = 0.0045; // Of the mid-market rate, in the customer's disfavour.
const FEE = 0.001; // Of the amount.
const VALID_MS = 30_000;
const MAX_BODY = 64 * 1024;
const MAX_AMOUNT = 1e9;

class BadRequest extends Error {}

/** Seven significant digits: what a published rate can carry through a cross rate. */
const rateDigits = (rate) => Number(rate.toPrecision(7));

/** Rounded to the currency's smallest unit. */
function money(amount, currency) {
  const digits = currency === 'JPY' ? 0 : 2;
  return Number(amount.toFixed(digits));
}

function currency(value, name) {
  if (typeof value === 'string' && Object.hasOwn(UNITS_PER_USD, value)) return value;
  const known = Object.keys(UNITS_PER_USD).sort().join(', ');
  throw new BadRequest(`${name} must be one of ${known}.`);
}

/** A quote for `{fromCurrency, toCurrency, amount, customerId?, purpose?}`. */
export function quote(request, now = new Date()) {
  if (request === null || typeof request !== 'object') throw new BadRequest('Send a JSON object.');
  const fromCurrency = currency(request.fromCurrency, 'fromCurrency');
  const toCurrency = currency(request.toCurrency, 'toCurrency');
  const { amount } = request;
  if (typeof amount !== 'number' || !(amount > 0) || amount > MAX_AMOUNT) {
    throw new BadRequest(`amount must be a number above 0, at most ${MAX_AMOUNT}.`);
  }
  for (const name of ['customerId', 'purpose']) {
    const value = request[name] ?? '';
    if (typeof value !== 'string' || value.length > 128) throw new BadRequest(`${name} must be a short text.`);
  }
  const midMarketRate = rateDigits(UNITS_PER_USD[toCurrency] / UNITS_PER_USD[fromCurrency]);
  const rate = rateDigits(midMarketRate * (1 - MARGIN));
  const fee = money(amount * FEE, fromCurrency);
  return {
    quoteId: `quote_${randomUUID()}`,
    fromCurrency,
    toCurrency,
    amount,
    rate,
    midMarketRate,
    margin: MARGIN,
    fees: { amount: fee, currency: fromCurrency },
    convertedAmount: money((amount - fee) * rate, toCurrency),
    source: SOURCE,
    quotedAt: now.toISOString(),
    validUntil: new Date(now.getTime() + VALID_MS).toISOString(),
    customer: {
      id: request.customerId || null,
      segment: amount >= 100_000 ? 'corporate' : 'retail',
    },
    compliance: {
      purpose: request.purpose || 'unspecified',
      screening: 'cleared',
      regulation: toCurrency === 'EUR' || fromCurrency === 'EUR' ? 'PSD2' : '12 CFR 1005 Subpart B',
    },
  };
}

function answer(response, status, body, headers = {}) {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

async function read(request) {
  const pieces = [];
  let size = 0;
  for await (const piece of request) {
    size += piece.length;
    if (size > MAX_BODY) throw new BadRequest(`The body is larger than ${MAX_BODY} bytes.`);
    pieces.push(piece);
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch {
    throw new BadRequest('The body is not JSON.');
  }
}

async function serve(request, response) {
  const path = request.url.split('?')[0];
  if (path !== '/api/fx/quote') return answer(response, 404, { error: `There is no ${path} here.` });
  if (request.method !== 'POST') {
    return answer(response, 405, { error: 'Quotes are asked for with POST.' }, { Allow: 'POST' });
  }
  try {
    return answer(response, 200, quote(await read(request)));
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    return answer(response, 400, { error: error.message });
  }
}

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '9000' },
    host: { type: 'string', default: '127.0.0.1' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  console.log('node server.mjs [--host 127.0.0.1] [--port 9000]   port 0: any free one');
  process.exit(0);
}
const server = createServer((request, response) => {
  serve(request, response).catch((error) => {
    console.error(error);
    if (response.headersSent) response.destroy();
    else answer(response, 500, { error: 'The quote could not be made.' });
  });
});
server.on('error', (error) => {
  console.error(`fx-quotes: ${error.message}`);
  process.exit(1);
});
server.listen(Number(values.port), values.host, () => {
  const { address, port } = server.address();
  console.log(JSON.stringify({ listening: `http://${address}:${port}`, port, pid: process.pid }));
});
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}
