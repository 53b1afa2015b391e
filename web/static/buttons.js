// The big buttons: only those that make sense now; Stop and Park want to be held.

import { $, say, show } from "./draw.js";
import { command } from "./link.js";

const HOLD = 900; // ms, as long as the fill in night.css takes
const QUESTION = 5000; // ms in which a second press without a pointer confirms
const WHEN = {
  start: ["idle", "ended", "failed"],
  resume: ["paused"],
  pause: ["starting", "running"],
  stop: ["starting", "running", "paused", "waiting"],
  park: ["idle", "paused", "ended", "failed"],
  rehearse: ["idle", "ended", "failed"],
};
// Stop is always there: a roof may begin to move between two looks at it.
const ROOF = { roof_open: ["closed", "unknown"], roof_close: ["open", "unknown"] };
const ASKED = { roof_open: "Opening the roof…", roof_close: "Closing the roof…", roof_stop: "Stopping the roof…",
  start: "Starting…", resume: "Resuming…", pause: "Pausing…", stop: "Stopping…", park: "Parking…", rehearse: "Rehearsing…" };
const buttons = [...document.querySelectorAll("[data-command]")];
// A box without a command of its own for it goes on by Start.
if (!buttons.some((button) => button.dataset.command === "resume")) WHEN.start.push("paused");
let silence;

const PHASES = new Set(["stopping", ...Object.values(WHEN).flat()]);

/** Show what fits the phase; without a known phase, everything that does not need one. */
export function phase(now) {
  for (const button of buttons) {
    const name = button.dataset.command;
    if (WHEN[name]) button.hidden = PHASES.has(now) ? !WHEN[name].includes(now) : name === "resume";
  }
  const start = buttons.find((button) => button.dataset.command === "start");
  if (start) say(start.querySelector(".label"), now === "paused" ? "Resume" : "Start");
}

/** Only where it can be moved to; everything as long as nobody knows where it is. */
export function roof(now) {
  for (const button of buttons) {
    const from = ROOF[button.dataset.command];
    if (from) button.hidden = Boolean(now) && !from.includes(now);
  }
}

/** No link, no command: a press that cannot arrive must not look as if it had. */
export function link(up) {
  for (const place of document.querySelectorAll("#actions, .roof")) place.classList.toggle("cut", !up);
}

function tell(words, tone = "") {
  clearTimeout(silence);
  $("answer").dataset.tone = tone;
  say("answer", words);
  show("answer", Boolean(words));
  if (words && tone !== "busy") silence = setTimeout(() => show("answer", false), tone === "bad" ? 15000 : 4000);
}

async function send(button) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  tell(ASKED[button.dataset.command], "busy");
  const told = await command(button.dataset.command);
  button.removeAttribute("aria-busy");
  if (told.ok) tell("");
  else tell([told.sentence, told.advice, told.code && `(${told.code})`].filter(Boolean).join(" "), "bad");
}

function holdable(button) {
  const label = button.querySelector(".label").textContent;
  let timer = null;
  let touched = false;
  let asked = 0;
  const press = () => {
    if (timer || button.getAttribute("aria-busy") === "true") return;
    button.classList.add("holding");
    timer = setTimeout(() => (release(), navigator.vibrate?.(60), send(button)), HOLD);
  };
  const release = () => {
    clearTimeout(timer);
    timer = null;
    button.classList.remove("holding");
  };
  const early = () => {
    if (timer) tell(`Hold ${label} for a second`);
    release();
  };
  button.addEventListener("pointerdown", (event) => (event.button === 0 && ((touched = true), press())));
  for (const end of ["pointerup", "pointerleave", "pointercancel", "blur"]) button.addEventListener(end, early);
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  const isPress = (event) => event.key === "Enter" || event.key === " ";
  button.addEventListener("keydown", (event) => isPress(event) && (event.preventDefault(), press()));
  button.addEventListener("keyup", (event) => isPress(event) && (event.preventDefault(), early()));
  // A screen reader clicks without a pointer and cannot hold: it is asked once more instead.
  button.addEventListener("click", (event) => {
    if (touched || event.detail !== 0) return void (touched = false);
    if (Date.now() - asked < QUESTION) return void ((asked = 0), send(button));
    asked = Date.now();
    tell(`Press ${label} again to confirm`);
  });
}

for (const button of buttons) {
  if ("hold" in button.dataset) holdable(button);
  else button.addEventListener("click", () => send(button));
}
