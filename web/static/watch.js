// What protects the night: safety, the sky, the roof, an alarm; and what waits for a person, with its answers.

import { $, clock, say, show, tone } from "./draw.js";
import { command } from "./link.js";
import { t } from "./words.js";

const ROOF = { open: t("Roof open"), closed: t("Roof closed"), moving: t("Roof moving"), unknown: t("Roof half-way") };
const PHONE = "use the phone's time";
const ANSWERS = { yes: t("yes"), no: t("no"), [PHONE]: t("use the phone's time") };
const questions = new Map(); // by who asks: several parts of the box may
const alarms = new Map(); // and raise an alarm

/** A new life of the box: it may know of nothing any more. */
export function clear() {
  questions.clear();
  alarms.clear();
  ask();
  for (const line of $("watch").children) line.hidden = true;
}

function line(name, big, small, look) {
  const place = $(`watch-${name}`);
  place.hidden = false;
  tone(place, look);
  say(place.querySelector("b"), big);
  say(place.querySelector("span"), small);
}

export function alarm(state) {
  if (state.text) alarms.set(state.source, state);
  else alarms.delete(state.source);
  const [first] = alarms.values();
  line("alarm", t("Alarm"), first?.text ?? "", "bad");
  show("watch-alarm", Boolean(first));
}

export function safety(state) {
  const since = state.since ? t("since {time}", { time: clock(state.since) }) : "";
  if (state.safe === null) line("safety", t("Safety unknown"), state.reasons.join("; "), "warn");
  else if (state.safe) line("safety", t("Safe"), since, "good");
  else line("safety", t("Not safe"), [state.reasons.join("; "), since].filter(Boolean).join(", "), "bad");
}

export function conditions(state) {
  if (state.good === null) show("watch-conditions", false);
  else if (state.good) line("conditions", t("Good sky"), "", "good");
  else line("conditions", t("Bad sky"), state.reasons.join("; "), "warn");
}

export function roof(state) {
  line("roof", ROOF[state.roof] ?? state.roof, "", state.roof === "unknown" || state.roof === "moving" ? "warn" : "good");
}

export function needs(state) {
  if (state.text) questions.set(state.source, state);
  else questions.delete(state.source);
  ask();
}

function ask() {
  const every = [...questions.values()];
  const first = every.find((one) => one.answers.length) ?? every[0];
  show("needs", Boolean(first));
  if (!first) return;
  say("needs-text", first.text);
  say("needs-since", first.since ? clock(first.since) : "");
  show("needs-told", false);
  $("needs-answers").replaceChildren(...first.answers.map(choice));
}

function choice(answer) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.answer = answer;
  const words = ANSWERS[answer] ?? t(answer);
  button.textContent = words[0].toUpperCase() + words.slice(1);
  button.addEventListener("click", () => send(answer));
  return button;
}

async function send(answer) {
  const buttons = [...$("needs-answers").children];
  if (buttons.some((button) => button.disabled)) return;
  for (const button of buttons) button.disabled = true;
  const told = answer === PHONE ? await command("clock", { unix: Date.now() / 1000 }) : await command("answer", { answer });
  for (const button of buttons) button.disabled = false;
  if (told.ok) return;
  say("needs-told", [told.sentence, told.advice].filter(Boolean).join(" "));
  show("needs-told", true);
}
