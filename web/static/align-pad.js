// The slew pad: the mount moves while a button is pressed. The box is told so again and again; it stops the mount a
// second after it last heard of this press, whatever became of the phone, and never moves for a press that is over.

import { make } from "./align-words.js";
import { $, say, show } from "./draw.js";
import { once } from "./link.js";
import { recall, remember } from "./prefs.js";
import { complain } from "./toast.js";
import { t } from "./words.js";

const AGAIN = 300; // ms between two words; the box waits for 1000
const PATIENCE = 900; // ms for one answer
const STOP_TRIES = 5;
const OPPOSITE = { north: "south", south: "north", east: "west", west: "east" };
const MOVES = { north: t("Moving north"), south: t("Moving south"), east: t("Moving east"), west: t("Moving west") };
let press = null; // { name, way, rate, timer, button }
let last = Promise.resolve();

export function begin() {
  for (const button of document.querySelectorAll("[data-way]")) listen(button);
  for (const id of ["swap-ns", "swap-we"]) {
    $(id).checked = recall(id) === "1";
    $(id).addEventListener("change", () => remember(id, $(id).checked ? "1" : ""));
  }
  for (const end of ["blur", "pagehide"]) addEventListener(end, letGo);
  document.addEventListener("visibilitychange", letGo);
}

function listen(button) {
  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || press) return;
    button.setPointerCapture(event.pointerId);
    down(button);
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) button.addEventListener(end, letGo);
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  button.addEventListener("keydown", (event) => [" ", "Enter"].includes(event.key) && (event.preventDefault(), event.repeat || down(button)));
  button.addEventListener("keyup", letGo);
}

/** `rates` null: no mount; empty: one that cannot be moved by hand. */
export function rig(facts) {
  const rates = facts.rates ?? [];
  show("pad", rates.length > 0);
  show("pad-none", !rates.length);
  if (facts.rates) say("pad-none", t("This mount's driver cannot move it by hand."));
  const before = [...$("rates").querySelectorAll("span")].map((one) => one.textContent).join();
  if (rates.join() === before) return;
  const wanted = Math.min(Number(recall("pad-rate") || 1), rates.length - 1);
  $("rates").replaceChildren(...rates.map((words, number) => choice(words, number, number === wanted)));
}

function choice(words, number, checked) {
  const input = make("input", { type: "radio", name: "rate", value: String(number), checked });
  input.addEventListener("change", () => remember("pad-rate", input.value));
  return make("label", {}, input, make("span", { textContent: words }));
}

export function mount(state) {
  for (const button of document.querySelectorAll("[data-way]")) button.disabled = state.parked;
  if (!press) say("pad-doing", state.parked ? t("Parked: unpark it first.") : "");
}

/** What the mount does, whoever presses. */
export function state(now) {
  say("pad-doing", now.direction ? `${MOVES[now.direction]} · ${now.rate}` : "");
}

export function clear() {
  say("pad-doing", "");
}

function down(button) {
  if (press || button.disabled) return;
  const swapped = $(["north", "south"].includes(button.dataset.way) ? "swap-ns" : "swap-we").checked;
  const way = swapped ? OPPOSITE[button.dataset.way] : button.dataset.way;
  const rate = Number(document.querySelector("[name=rate]:checked")?.value ?? 0);
  const name = `${Date.now()}-${Math.random().toString(36).slice(2)}`;
  const mine = (press = { name, way, rate, button, timer: 0 });
  button.classList.add("moving");
  last.finally(() => press === mine && (word(), (mine.timer = setInterval(word, AGAIN)))); // the one before stands by then
}

async function word() {
  const mine = press;
  if (!mine) return;
  const answer = await once("pad", { press: mine.name, direction: mine.way, rate: mine.rate }, PATIENCE);
  if (answer && !answer.ok && press === mine) {
    letGo();
    complain(answer);
  }
}

export function letGo() {
  if (!press) return;
  const { name, button, timer } = press;
  clearInterval(timer);
  button.classList.remove("moving");
  press = null;
  last = stop(name);
}

async function stop(name) {
  for (let attempt = 0; attempt < STOP_TRIES; attempt++) if (await once("pad_stop", { press: name }, PATIENCE)) return;
}
