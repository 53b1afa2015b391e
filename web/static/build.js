// Making elements, and keeping lists of them: what has not changed is left alone, so that no finger and no
// screen reader loses its place.

import { icon } from "./draw.js";

/** el("b", { class: "x", data: { tone: "good" } }, "words", other, …): an element; empty children are left out. */
export function el(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(given)) {
    if (key === "data") Object.assign(made.dataset, value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== undefined && value !== null) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== "" && child !== null && child !== undefined && child !== false));
  return made;
}

/** One element per item in `list`, by its key: make(item) once, draw(element, item) whenever told. */
export function rows(list, items, key, make, draw) {
  const known = new Map([...list.children].map((one) => [one.dataset.key, one]));
  items.forEach((item, index) => {
    const name = String(key(item));
    let one = known.get(name);
    if (one) known.delete(name);
    else (one = make(item)).dataset.key = name;
    if (list.children[index] !== one) list.insertBefore(one, list.children[index] ?? null);
    draw(one, item);
  });
  for (const gone of known.values()) gone.remove();
}

/** Put children into a place only when `sign` (whatever they are made of) has changed. */
export function renew(place, sign, children) {
  const now = JSON.stringify(sign);
  if (place.dataset.sign === now) return;
  place.dataset.sign = now;
  place.replaceChildren(...children());
}

/** A button that sends a command (buttons.js): `given` are its arguments; `hold`: it wants to be held. */
export function press(words, name, given, { hold = "", look = "plain", sign = "", busy = "", pressed } = {}) {
  const data = { command: name, arguments: JSON.stringify(given) };
  if (busy) data.busy = busy;
  const button = el("button", { type: "button", class: look, data, "data-hold": Boolean(hold), "aria-pressed": pressed });
  if (hold) button.append(el("i", { class: "fill", "aria-hidden": "true" }));
  if (sign) button.append(icon(sign));
  button.append(el("span", { class: "label" }, words));
  if (hold) button.append(el("small", {}, hold));
  return button;
}

/** A shape with a word beside it. */
export const lamp = (look = "lamp") => el("span", { class: look, data: { tone: "unknown" } }, icon("unknown", "badge"), el("b"));
