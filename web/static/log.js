// The log, newest first; the newest error also stands at the top until somebody has read it.

import { $, clock, say, show } from "./draw.js";

const KEPT = 300;
let alarm = null;
let life = "";

const memory = (key, value) => {
  try {
    if (value === undefined) return localStorage.getItem(key);
    localStorage.setItem(key, value);
  } catch {
    return null; // private windows refuse: the alarm then only comes again
  }
};

/** A new life of the box: its log starts anew. */
export function clear(newLife) {
  life = newLife;
  alarm = null;
  $("log").replaceChildren();
  show("log-empty", true);
  show("alarm", false);
}

export function line(update) {
  const { level, text, code, advice } = update.message;
  show("log-empty", false);
  const entry = document.createElement("li");
  entry.dataset.level = level;
  entry.append(part("time", clock(update.at)), words(text, code, advice));
  const log = $("log");
  log.prepend(entry);
  while (log.childElementCount > KEPT) log.lastElementChild.remove();
  if (level === "error") raise(update);
}

function part(kind, text, look) {
  const made = document.createElement(kind);
  made.textContent = text;
  if (look) made.className = look;
  return made;
}

function words(text, code, advice) {
  const all = document.createElement("div");
  all.append(part("p", text));
  if (code) all.append(part("span", code, "code"));
  if (advice) all.append(part("p", advice, "advice"));
  return all;
}

function raise(update) {
  alarm = `${life}:${update.id}`;
  if (memory("understood") === alarm) return show("alarm", false);
  const { text, code, advice } = update.message;
  say("alarm-code", code || "error");
  say("alarm-time", clock(update.at));
  say("alarm-text", text);
  say("alarm-advice", advice);
  show("alarm", true);
}

$("alarm-close").addEventListener("click", () => {
  memory("understood", alarm);
  show("alarm", false);
});
