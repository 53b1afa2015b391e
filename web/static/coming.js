// What comes next, in words and minutes.

import { $, duration, minute, say, show } from "./draw.js";
import { time } from "./live.js";
import { t } from "./words.js";

let next = null;

/** {kind, what, target} in the reader's words. */
export function inWords({ kind, what, target }) {
  const words = {
    dusk: t("Dusk: it is dark enough"), dawn: t("Dawn: the night ends"), target: t("{target} begins", { target }),
    flip: t("Meridian flip of {target}", { target }), focus: t("Focus run"), done: t("The plan is complete"),
  };
  return words[kind] ?? what;
}

export function draw(state) {
  next = state.at ? state : null;
  tick();
}

/** Every second. */
export function tick() {
  const place = $("coming-next");
  show("coming-next", Boolean(next));
  if (!next) return;
  const left = next.at - time();
  const [big, small] = place.querySelectorAll("b, span > span");
  say(big, next.kind === "wait" ? t("Goes on at {time}", { time: minute(next.at) }) : `${minute(next.at)} ${inWords(next)}`);
  say(small, left > 30 ? t("in {time}", { time: duration(left) }) : t("now"));
}
