// Asking the box on this screen: what it refuses is said above the tabs.

import { known } from "./draw.js";
import { command } from "./link.js";
import { complain, tell } from "./toast.js";
import { t } from "./words.js";

/** Send a command; the button cannot be pressed again until it is answered. */
export async function ask(name, given = {}, button = null) {
  button?.setAttribute("aria-busy", "true");
  const told = await command(name, given);
  button?.removeAttribute("aria-busy");
  if (!told.ok) complain(told);
  return told;
}

/** As ask, for what is kept: says whether the profile's file has it, too. */
export async function keep(name, given, button) {
  const told = await ask(name, given, button);
  if (told.ok) tell(told.result?.kept ? t("Saved.") : t("Saved until the box restarts: its profile could not be written."));
  return told;
}

export const signed = (value, digits = 0) => (known(value) ? (value > 0 ? "+" : value < 0 ? "−" : "±") + Math.abs(value).toFixed(digits) : "–");

/** An element with a class, its text, and what is in it. */
export function make(name, look = "", text = "", ...inside) {
  const made = document.createElement(name);
  if (look) made.className = look;
  if (text) made.textContent = text;
  made.append(...inside);
  return made;
}
