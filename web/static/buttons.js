// Every button[data-command] of the page, those too that a script adds later: a press sends its command.
// data-hold: it wants to be held. data-when, data-roof: when it makes sense. data-busy: what is said meanwhile.
// data-arguments: JSON for the command. The event "answered" tells the page what came of it.

import { command } from "./link.js";
import { complain, tell } from "./toast.js";
import { t } from "./words.js";

const HOLD = 900; // ms, as long as the fill in parts.css takes
const QUESTION = 5000; // ms in which a second press without a pointer confirms
const now = { phase: "", roof: "" };
let pressed = null; // the button being held, and its timer
let touched = null; // the button whose next click is the end of a press
let asked = { button: null, at: 0 };

const words = (button) => (button.querySelector(".label") ?? button).textContent.trim();
const of = (event) => event.target.closest?.("button[data-command]");
const heldOf = (event) => (of(event)?.dataset.hold === undefined ? null : of(event));

/** Show what fits: by the sequence's phase, by where the roof is; everything that nobody knows better of. */
export function arrange() {
  for (const button of document.querySelectorAll("[data-when]")) {
    button.hidden = now.phase ? !button.dataset.when.split(" ").includes(now.phase) : button.dataset.command === "resume";
  }
  for (const button of document.querySelectorAll("[data-roof]")) {
    button.hidden = Boolean(now.roof) && !button.dataset.roof.split(" ").includes(now.roof);
  }
}

export function phase(is) {
  now.phase = is;
  arrange();
}

export function roof(is) {
  now.roof = is;
  arrange();
}

/** No link, no command: a press that cannot arrive must not look as if it had. */
export function link(up) {
  document.body.classList.toggle("cut", !up);
}

export async function press(button) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  tell(button.dataset.busy || t("Asking the box…"), "busy");
  const told = await command(button.dataset.command, JSON.parse(button.dataset.arguments || "{}"));
  button.removeAttribute("aria-busy");
  if (told.ok) tell("");
  else complain(told);
  button.dispatchEvent(new CustomEvent("answered", { detail: told, bubbles: true }));
}

function hold(button) {
  if (pressed || button.disabled || button.getAttribute("aria-busy") === "true") return;
  button.classList.add("holding");
  const timer = setTimeout(() => (release(), navigator.vibrate?.(60), press(button)), HOLD);
  pressed = { button, timer };
}

function release() {
  if (!pressed) return;
  clearTimeout(pressed.timer);
  pressed.button.classList.remove("holding");
  pressed = null;
}

function early() {
  if (pressed) tell(t("Hold {what} for a second", { what: words(pressed.button) }));
  release();
}

function click(button, event) {
  if (button.dataset.hold === undefined) return void press(button);
  // A screen reader clicks without a pointer and cannot hold: it is asked once more instead.
  if (touched === button || event.detail !== 0) return void (touched = null);
  if (asked.button === button && Date.now() - asked.at < QUESTION) return void ((asked.button = null), press(button));
  asked = { button, at: Date.now() };
  tell(t("Press {what} again to confirm", { what: words(button) }));
}

const isPress = (event) => event.key === "Enter" || event.key === " ";
document.addEventListener("pointerdown", (event) => {
  const button = event.button === 0 && heldOf(event);
  if (!button) return;
  touched = button;
  hold(button);
});
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, early);
document.addEventListener("pointerout", (event) => pressed && !pressed.button.contains(event.relatedTarget) && early());
document.addEventListener("focusout", (event) => pressed?.button === event.target && early());
document.addEventListener("contextmenu", (event) => heldOf(event) && event.preventDefault());
document.addEventListener("keydown", (event) => isPress(event) && heldOf(event) && (event.preventDefault(), hold(heldOf(event))));
document.addEventListener("keyup", (event) => isPress(event) && heldOf(event) && (event.preventDefault(), early()));
document.addEventListener("click", (event) => of(event) && click(of(event), event));
