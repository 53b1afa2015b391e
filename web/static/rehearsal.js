// The rehearsal of tonight: its verdict, what to correct, and the way to the whole of it.

import { $, say, show } from "./draw.js";
import { t } from "./words.js";

/** Before the first one, or in a new life of the box. */
export function clear() {
  if (!$("rehearsal")) return;
  $("rehearsal").dataset.phase = "";
  for (const id of ["rehearsal-verdict", "rehearsal-link", "rehearsal-busy"]) show(id, false);
  show("rehearsal-empty", true);
  say("rehearsal-count", "");
  $("rehearsal-problems").replaceChildren();
}

export function draw(state) {
  if (!$("rehearsal")) return;
  $("rehearsal").dataset.phase = state.phase;
  $("rehearsal").dataset.good = String(state.good);
  show("rehearsal-empty", false);
  show("rehearsal-busy", state.phase === "running");
  show("rehearsal-verdict", true);
  say("rehearsal-verdict", state.verdict);
  say("rehearsal-count", state.planned ? t("{expected} of {planned} subs", state) : "");
  $("rehearsal-problems").replaceChildren(...state.problems.map(problem));
  show("rehearsal-link", state.page && state.phase !== "running");
}

function problem(one) {
  const entry = document.createElement("li");
  entry.dataset.serious = String(one.serious);
  for (const [words, look] of [[one.sentence, ""], [one.remedy, "advice"]]) {
    const part = document.createElement("p");
    part.textContent = words;
    part.className = look;
    entry.append(part);
  }
  return entry;
}
