// Who is driving: another phone's last command, for some minutes. It keeps nobody from anything.

import { $, clock, say, show } from "./draw.js";
import { time } from "./live.js";
import { t } from "./words.js";

const LASTS = 300; // seconds
let last = null;

export function clear() {
  last = null;
  tick();
}

export function told(state) {
  last = state;
  tick();
}

export function tick() {
  const other = last && last.client !== document.documentElement.dataset.phone && time() - last.at < LASTS;
  show("driving", Boolean(other));
  if (!other) return;
  const { who, what } = last;
  say($("driving").querySelector("span"), t("{who} is driving. {time}: {what}", { who, what, time: clock(last.at) }));
}
