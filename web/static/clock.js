// The time from the phone, for a box that nobody has told it: asked when the two differ.

import { $, say, show, span } from "./draw.js";
import { command } from "./link.js";
import { skew } from "./live.js";
import { complain } from "./toast.js";
import { t } from "./words.js";

const OFF = 2; // seconds; less is the Wi-Fi's
const RESTING = ["", "idle", "ended", "failed", "paused"]; // while nothing counts on the clock
let known = true;
let phase = "";
let refused = false; // by the person, for as long as this page is open
let asked = false; // by the box itself, which comes first

export function clear() {
  [known, phase, asked] = [true, "", false];
  tick();
}

export function told(state) {
  known = state.known;
  tick();
}

export function night(state) {
  phase = state.phase;
  tick();
}

export function needs(state) {
  if (state.source === "startup") asked = Boolean(state.text);
  tick();
}

export function tick() {
  const off = skew();
  const wanted = !known && !asked && !refused && RESTING.includes(phase) && Math.abs(off) > OFF;
  show("clock", wanted);
  if (!wanted) return;
  const time = span(Math.abs(off));
  say("clock-text", off > 0 ? t("The box's clock is {time} ahead of this phone's.", { time }) : t("The box's clock is {time} behind this phone's.", { time }));
}

$("clock-set").addEventListener("click", async ({ target }) => {
  target.disabled = true;
  const answer = await command("clock", { unix: Date.now() / 1000 });
  target.disabled = false;
  if (!answer.ok) complain(answer);
});
$("clock-leave").addEventListener("click", () => {
  refused = true;
  tick();
});
