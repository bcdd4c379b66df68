#include "agent/ingress/rest/dev_page_html.hpp"

namespace notify::agent::ingress {

std::string_view DevPageHtml() {
  return R"html(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>notifyd · live</title>
<style>
  :root { color-scheme: light dark; --line: #8883; --soft: #8889; --good: #1a8f5a; --bad: #c8442f; --mark: #2f6fde; }
  * { box-sizing: border-box; }
  body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 70rem; padding: 1.5rem; }
  header { display: flex; gap: .75rem; align-items: baseline; flex-wrap: wrap; border-bottom: 1px solid var(--line); padding-bottom: .75rem; }
  h1 { font-size: 1.15rem; margin: 0; } h2 { font-size: .95rem; margin: 1.75rem 0 .5rem; }
  #state { padding: 0 .6rem; border-radius: 1rem; border: 1px solid currentColor; font-size: .85rem; color: var(--soft); }
  #state.on { color: var(--good); } #state.off { color: var(--bad); }
  #who { color: var(--soft); font-size: .85rem; margin-left: auto; }
  form { display: grid; grid-template-columns: 14rem 1fr auto; gap: .5rem; }
  input, textarea, button { font: inherit; padding: .4rem .6rem; border: 1px solid var(--line); border-radius: .4rem; background: transparent; color: inherit; }
  textarea, td:last-child { font-family: ui-monospace, monospace; font-size: .85rem; }
  button { border-color: var(--mark); color: var(--mark); cursor: pointer; } button:hover { background: color-mix(in srgb, var(--mark) 12%, transparent); }
  .scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
  th { font-weight: 500; color: var(--soft); font-size: .85rem; } td:last-child { white-space: pre-wrap; overflow-wrap: anywhere; width: 60%; }
  tr.new td { animation: flash 1.2s ease-out; } @keyframes flash { from { background: color-mix(in srgb, var(--mark) 18%, transparent); } }
  .none { color: var(--soft); } #said { min-height: 1.5rem; color: var(--soft); overflow-wrap: anywhere; } #said.bad { color: var(--bad); }
  @media (max-width: 40rem) { form { grid-template-columns: 1fr; } }
</style>
<header><h1>notifyd</h1><span id="state">not connected</span><span id="who"></span></header>
<h2>Publish an event</h2>
<form id="publish">
  <input id="type" value="rate.updated" aria-label="Type" spellcheck="false" required>
  <textarea id="data" rows="1" aria-label="Data, JSON" spellcheck="false">{"base": "USD", "quote": "GBP", "rate": 0.7497, "previousRate": 0.7431}</textarea>
  <button>Publish</button>
</form>
<p id="said" role="status"></p>
<h2>Notifications</h2>
<div class="scroll"><table><thead><tr><th>Time</th><th>Title</th><th>Body</th></tr></thead><tbody id="notifications"><tr class="none"><td colspan="3">None yet.</td></tr></tbody></table></div>
<h2>Events</h2>
<div class="scroll"><table><thead><tr><th>Position</th><th>Time</th><th>Type</th><th>Data</th></tr></thead><tbody id="events"><tr class="none"><td colspan="4">None yet.</td></tr></tbody></table></div>
<script src="/dev/signalr.js"></script>
<script>
const $ = (id) => document.getElementById(id);
const given = new URLSearchParams(location.hash.slice(1));
const token = given.get('token'), key = given.get('key') ?? token; // A subscriber reads; the key publishes.
const BROADCAST = ['fx.quote.created', 'payment.processed', 'rate.updated', 'system.alert', 'user.activity'];
const KEEP = 200;
const seen = new Set();

function state(text, kind) { $('state').textContent = text; $('state').className = kind ?? ''; }
function say(text, bad) { $('said').textContent = text; $('said').className = bad ? 'bad' : ''; }
function row(table, cells) {
  const line = document.createElement('tr');
  line.className = 'new';
  for (const cell of cells) line.appendChild(document.createElement('td')).textContent = cell;
  table.querySelector('.none')?.remove();
  table.prepend(line);
  while (table.rows.length > KEEP) table.deleteRow(-1);
}
const clock = (time) => new Date(time ?? Date.now()).toLocaleTimeString();
const text = (value) => typeof value === 'string' ? value : JSON.stringify(value) ?? '';

function showEvent(event) {
  const key = `${event.source}\n${event.id}\n${event.replayed ?? ''}`;
  if (seen.has(key)) return;
  seen.add(key);
  if (seen.size > 10 * KEEP) seen.delete(seen.values().next().value);
  const position = event.sequence ? `${event.epoch}-${event.sequence}` : 'replayed';
  row($('events'), [position, clock(event.recordedtime), event.type, text(event.data ?? event.data_base64)]);
}

function showNotification(notification) {
  row($('notifications'), [clock(), notification.title ?? notification.template ?? '', text(notification.body ?? notification)]);
}

async function connect() {
  if (!window.signalR) return state('the stock client is missing: run `./dev setup` in the checkout and start notifyd again', 'off');
  if (!token) return state('no token: open the address that `notifyd --dev` printed, /dev#token=…', 'off');
  const hub = new signalR.HubConnectionBuilder()
    .withUrl('/hubs/notifications', { accessTokenFactory: () => token })
    .withAutomaticReconnect({ nextRetryDelayInMilliseconds: (retry) => Math.min(500 * 2 ** retry.previousRetryCount, 10000) })
    .configureLogging(signalR.LogLevel.Warning).build();
  const live = new Set(BROADCAST);
  for (const type of live) hub.on(type, showEvent);
  hub.on('notification', showNotification);
  hub.on('gap', (gap) => say(`Gap: ${text(gap)}`, true));
  hub.on('unsubscribed', () => {});
  hub.on('connected', (me) => { $('who').textContent = [me.tenant, me.user, (me.roles ?? []).join(', ')].filter(Boolean).join(' · '); });
  hub.onreconnecting(() => state('reconnecting …', 'off'));
  hub.onreconnected(() => { state('live', 'on'); watch(hub); });
  hub.onclose((error) => state(error ? `closed: ${error.message}` : 'closed', 'off'));
  try {
    await hub.start();
    state('live', 'on');
    watch(hub);
  } catch (error) {
    state(`cannot connect: ${error.message}`, 'off');
  }
}

// Every type that the token may read; broadcast types come by themselves where this is refused.
function watch(hub) {
  hub.stream('StreamEvents', { types: ['*'] }).subscribe({
    next: showEvent, complete: () => {}, error: (error) => console.info('StreamEvents:', error.message) });
}

$('publish').addEventListener('submit', async (submit) => {
  submit.preventDefault();
  try {
    const body = JSON.stringify({ type: $('type').value, data: JSON.parse($('data').value) });
    const answer = await fetch('/api/events/publish', { method: 'POST', body,
      headers: { 'Content-Type': 'application/json', ...(key && { Authorization: `Bearer ${key}` }) } });
    const said = await answer.json();
    if (answer.ok) say(`Durable at ${said.epoch}-${said.sequence}, id ${said.id}`);
    else say(`${said.code}: ${said.detail} ${said.hint ?? ''}`, true);
  } catch (error) { say(error.message, true); }
});
addEventListener('hashchange', () => location.reload());
connect();
</script>
</html>
)html";
}

}  // namespace notify::agent::ingress
