// Run: four parts under one tab, of which one is shown; each is a module of its own.

import { $ } from "./draw.js";
import { follow } from "./live.js";
import { begin as camera } from "./run-camera.js";
import { begin as flats } from "./run-flats.js";
import { begin as plan } from "./run-plan.js";
import { begin as subs } from "./run-subs.js";

const PARTS = ["plan", "subs", "camera", "flats"];
const shown = new Set();
const begins = { plan, subs, camera, flats };

function choose(part, focus = false) {
  for (const one of PARTS) {
    const tab = $(`tab-${one}`);
    const here = one === part;
    tab.setAttribute("aria-selected", String(here));
    tab.tabIndex = here ? 0 : -1;
    $(`part-${one}`).hidden = !here;
    if (here && focus) tab.focus();
  }
  if (!shown.has(part)) {
    shown.add(part);
    follow(...begins[part]());
  }
  history.replaceState(null, "", part === "plan" ? location.pathname : `#${part}`);
}

for (const [place, part] of PARTS.entries()) {
  const tab = $(`tab-${part}`);
  tab.addEventListener("click", () => choose(part));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) choose(PARTS[(place + step + PARTS.length) % PARTS.length], true);
  });
}

const given = new URLSearchParams(location.search);
choose(PARTS.includes(location.hash.slice(1)) ? location.hash.slice(1) : "plan");
if (given.get("add")) {
  const { addFrom } = await import("./run-plan.js");
  addFrom(given);
}
