// The newest error stands at the top of every page until somebody has read it.

import { $, clock, say, show } from "./draw.js";

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

/** A new life of the box. */
export function clear(newLife) {
  life = newLife;
  alarm = null;
  show("alarm", false);
}

export function said(message, update) {
  if (message.level !== "error") return;
  alarm = `${life}:${update.id}`;
  if (memory("understood") === alarm) return show("alarm", false);
  say("alarm-code", message.code || "error");
  say("alarm-time", clock(update.at));
  say("alarm-text", message.text);
  say("alarm-advice", message.advice);
  show("alarm", true);
}

$("alarm-close").addEventListener("click", () => {
  memory("understood", alarm);
  show("alarm", false);
});
