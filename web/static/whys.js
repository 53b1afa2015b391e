// Why a button would be refused now, or would have to wait: told before it is pressed, beside the buttons.

import { $, icon, made } from "./draw.js";
import { t } from "./words.js";

let known = [];
const label = (button) => (button.querySelector(".label") ?? button).textContent.trim();

export function draw(state) {
  known = state.commands;
  arrange();
}

/** Only of buttons that are there now; asked again whenever that may have changed. */
export function arrange() {
  requestAnimationFrame(() => {
    place("whys", (command) => !command.startsWith("roof_"));
    place("roof-whys", (command) => command.startsWith("roof_"));
  });
}

function place(id, mine) {
  const list = $(id);
  if (!list) return;
  const lines = known.filter((one) => mine(one.command)).map(line).filter(Boolean);
  if (lines.map((one) => one.textContent).join() !== list.textContent) list.replaceChildren(...lines);
  list.hidden = !lines.length;
}

function line(one) {
  const button = document.querySelector(`[data-command="${one.command}"]`);
  if (!button || button.hidden) return null;
  const entry = made("li");
  entry.id = `why-${one.command}`;
  const look = one.busy ? "off" : one.waits ? "busy" : "warn";
  entry.dataset.tone = look;
  button.setAttribute("aria-describedby", entry.id);
  const words = made("p");
  const head = one.waits ? t("{what} would wait", { what: label(button) }) : t("{what} would be refused", { what: label(button) });
  words.append(made("b", `${head}: `), made("span", [one.why, one.advice].filter(Boolean).join(". ")));
  entry.append(icon(look, "badge"), words);
  return entry;
}
