// What is true and what happens on the box, live: one stream of server-sent events for the whole page.
//
// README for screens. A screen's script does no more than
//
//   import { follow } from "./live.js";
//   follow({ SequenceState: (state, update) => …, Said: (said, update) => … }, { snapshot, up, down });
//
//  * The first argument has a function for each type of message (the class's name) the screen wants; it gets the
//    message as {type, source, …fields} and {id, at, message}; `at` is UTC in seconds, 0 when nobody knows.
//  * snapshot(told) comes first, and again whenever the box has restarted or the phone slept too long: forget
//    everything shown. Then every state that is true and the last 200 events are told again, then the news.
//  * up() when the link is there, down() when it is lost; both only when that changes.
//  * follow may be called any number of times, also late: whoever comes later is told what is true.
//  * Messages of one type may come from several sources (states are kept by type and source).
//
// Beside it: command(name, args) of link.js; $, say, show, fixed, clock, span, icon, tone of draw.js; t of words.js;
// temperature of units.js; tell(words, tone) of toast.js (a line above the tabs); remember(name, value) of prefs.js;
// time() here is the box's clock. A button[data-command] needs no script at all (buttons.js, templates/press.html:
// data-hold, data-when, data-arguments), one that a script makes neither; it gets the event "answered" with
// what command() said as its detail.
//
// Below: `life.number` ids; the server sends something at least every 5 s, so silence means a dead link; attempts
// back off; in a background tab nothing is open. A box whose streams are all taken is asked by the long poll.

import { fetchWithin, pause, PAUSES } from "./link.js";

const QUIET = 13000; // ms without a word before the link counts as dead
const POLL = 10; // seconds the box may keep a question open
const POLLS = 6; // questions before a place on the stream is tried again
const KEPT = 300; // events for whoever follows late
const page = Math.random().toString(36).slice(2);

const readers = [];
const truth = { life: "", last: "", states: new Map(), events: [], told: null };
const link = { up: null, failures: 0, heard: 0, skew: 0, attempt: null, wake: null, begun: false };

/** Seconds since 1970 by the box's clock, whatever the phone's says. */
export const time = () => Date.now() / 1000 + link.skew;

/** How far the box's clock is ahead of the phone's, in seconds. */
export const skew = () => link.skew;

/** Seconds since the box last said anything; Infinity before it did. */
export const age = () => (link.heard ? (Date.now() - link.heard) / 1000 : Infinity);

export function follow(draw, on = {}) {
  const reader = { draw, on };
  readers.push(reader);
  if (truth.told) {
    call(on.snapshot, truth.told);
    for (const update of [...truth.states.values(), ...truth.events]) hand(reader, update);
  }
  if (link.up !== null) call(link.up ? on.up : on.down);
  if (!link.begun) run();
}

/** Ask at once: somebody pressed Retry, the phone has just woken up, or its network is back. */
export function retry() {
  link.failures = 0;
  link.attempt?.abort();
  link.wake?.();
}

async function run() {
  link.begun = true;
  for (;;) {
    if (document.hidden) await new Promise((resolve) => (link.wake = resolve));
    const attempt = (link.attempt = new AbortController());
    try {
      await listen(attempt);
    } catch {
      if (!attempt.signal.aborted || attempt.quiet) await failed();
    }
  }
}

async function listen(attempt) {
  const headers = truth.last ? { "Last-Event-ID": truth.last } : {};
  const answer = await fetchWithin(`/api/events?page=${page}`, { cache: "no-store", headers }, QUIET, attempt.signal);
  if (answer.status === 503) {
    await answer.text();
    return await poll(attempt);
  }
  if (answer.status === 401) return location.reload(); // signed out: the server shows where to sign in
  if (!answer.ok || !answer.body) throw new Error(`the box answered ${answer.status}`);
  await read(answer.body.getReader(), attempt);
}

async function read(body, attempt) {
  const decoder = new TextDecoder();
  const close = () => body.cancel().catch(() => {});
  attempt.signal.addEventListener("abort", close, { once: true });
  let text = "";
  for (;;) {
    const watch = setTimeout(() => ((attempt.quiet = true), attempt.abort()), QUIET);
    const { value, done } = await body.read().finally(() => clearTimeout(watch));
    if (done || attempt.signal.aborted) throw new Error("the stream has ended");
    const events = (text + decoder.decode(value, { stream: true })).split("\n\n");
    text = events.pop();
    events.forEach(event);
  }
}

function event(lines) {
  const found = { event: "message", data: "", id: "" };
  for (const line of lines.split("\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) found[line.slice(0, colon)] = line.slice(colon + 1).replace(/^ /, "");
  }
  if (found.data) take(JSON.parse(found.data), found.id);
}

/** No place on the stream: ask, as often as the box allows. */
async function poll(attempt) {
  for (let question = 0; question < POLLS; question++) {
    const [life, after] = truth.last.split(".");
    const query = new URLSearchParams({ life, after: after || 0, within: link.up ? POLL : 0 });
    const answer = await fetchWithin(`/api/updates?${query}`, { cache: "no-store" }, POLL * 1000 + 5000, attempt.signal);
    if (!answer.ok) throw new Error(`the box answered ${answer.status}`);
    const told = await answer.json();
    const newest = told.updates.reduce((most, update) => Math.max(most, update.id), told.life === life ? Number(after) : 0);
    if (told.states) told.states = told.states.map((message) => ({ id: 0, at: 0, message }));
    take(told, `${told.life}.${newest}`);
    if (told.come_back) await rest(told.come_back * 1000);
  }
}

function take(told, id) {
  link.skew = told.now - Date.now() / 1000;
  link.heard = Date.now();
  link.failures = 0;
  if (told.states) begin(told);
  told.updates.forEach(update);
  truth.last = id;
  if (link.up) return;
  link.up = true;
  for (const reader of readers) call(reader.on.up);
}

/** Everything that is true, of this life of the box. */
function begin(told) {
  truth.life = told.life;
  truth.states.clear();
  truth.events = [];
  truth.told = { life: told.life, now: told.now, commands: told.commands, states: told.states.map((one) => one.message) };
  for (const reader of readers) call(reader.on.snapshot, truth.told);
  for (const one of told.states) lasting(one);
}

function lasting(one) {
  truth.states.set(`${one.message.type} ${one.message.source}`, one);
  for (const reader of readers) hand(reader, one);
}

function update(one) {
  if (one.lasting) return lasting(one);
  truth.events = [...truth.events.slice(1 - KEPT), one];
  for (const reader of readers) hand(reader, one);
}

function hand(reader, one) {
  call(reader.draw[one.message.type], one.message, one);
}

function call(what, ...given) {
  try {
    what?.(...given);
  } catch (problem) {
    console.error("cannot draw", given[0]?.type ?? "", problem); // one odd message must not cut the link
  }
}

async function failed() {
  if (link.up !== false) {
    link.up = false;
    for (const reader of readers) call(reader.on.down);
  }
  await rest(PAUSES[Math.min(link.failures++, PAUSES.length - 1)]);
}

function rest(ms) {
  return Promise.race([pause(ms), new Promise((resolve) => (link.wake = resolve))]);
}

addEventListener("online", retry);
addEventListener("pagehide", () => link.attempt?.abort());
addEventListener("pageshow", (shown) => shown.persisted && retry());
document.addEventListener("visibilitychange", () => (document.hidden ? link.attempt?.abort() : retry()));
