// Red light on and off, in place; the cookie lets the next page begin with it.

import { $ } from "./draw.js";
import { recall, remember } from "./prefs.js";

const root = document.documentElement;
const listeners = [];

export const isRed = () => root.dataset.light === "red";

/** Called with true or false, now and whenever the light changes: for links to pages of other making. */
export function onLight(listener) {
  listeners.push(listener);
  listener(isRed());
}

export function light(name) {
  root.dataset.light = name;
  $("red").setAttribute("aria-pressed", String(isRed()));
  document.querySelector("meta[name=theme-color]").content = getComputedStyle(root).getPropertyValue("--back").trim();
  const mark = document.querySelector("link[rel=icon]");
  mark.href = mark.href.replace(/icon(-red)?\.svg/, isRed() ? "icon-red.svg" : "icon.svg");
  for (const listener of listeners) listener(isRed());
}

$("red").addEventListener("click", () => {
  light(isRed() ? "dark" : "red");
  remember("light", root.dataset.light);
});

// A page that the browser has kept from before the choice.
addEventListener("pageshow", (shown) => shown.persisted && light(recall("light") || "dark"));
