// Asking the box the same thing again while somebody looks: what is too much for the live stream.

import { $, say, show } from "./draw.js";
import { fetchWithin, pause } from "./link.js";

const PATIENCE = 15000; // ms

/** Ask `address()` every so many seconds and draw(answer, address); returns a function that asks at once. */
export function poll(address, draw, seconds) {
  let wake = () => {};
  const woken = () => new Promise((resolve) => (wake = resolve));
  document.addEventListener("visibilitychange", () => document.hidden || wake());
  (async () => {
    for (;;) {
      if (document.hidden) await woken();
      const well = await once(address(), draw);
      await Promise.race([pause(1000 * (well ? seconds : 2 * seconds)), woken()]);
    }
  })();
  return () => wake();
}

/** True when it was answered; what the box refuses stands in #problem. */
export async function once(address, draw) {
  let told;
  try {
    const answer = await fetchWithin(address, { cache: "no-store" }, PATIENCE);
    told = await answer.json();
    refused(answer.ok ? null : told);
    if (!answer.ok) return false;
  } catch {
    return false; // the shell says that there is no link
  }
  draw(told, address);
  return true;
}

function refused(told) {
  if (!$("problem")) return;
  show("problem", Boolean(told));
  say("problem", told ? [told.sentence, told.advice].filter(Boolean).join(" ") : "");
}
