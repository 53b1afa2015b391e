// The log, newest first.

import { $, clock, show } from "./draw.js";

const KEPT = 300;

/** A new life of the box: its log starts anew. */
export function clear() {
  $("log").replaceChildren();
  show("log-empty", true);
}

export function said(message, update) {
  const { level, text, code, advice } = message;
  show("log-empty", false);
  const entry = document.createElement("li");
  entry.dataset.level = level;
  entry.append(part("time", clock(update.at)), words(text, code, advice));
  const log = $("log");
  log.prepend(entry);
  while (log.childElementCount > KEPT) log.lastElementChild.remove();
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
