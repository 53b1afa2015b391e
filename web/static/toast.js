// One line above the tabs: what was asked, what the box answered.

import { $, say, show } from "./draw.js";

let silence;

/** `tone` is "", "busy" (stays until the next) or "bad" (stays longer). No words: nothing any more. */
export function tell(words, tone = "") {
  clearTimeout(silence);
  $("answer").dataset.tone = tone;
  say("answer", words);
  show("answer", Boolean(words));
  if (words && tone !== "busy") silence = setTimeout(() => show("answer", false), tone === "bad" ? 15000 : 4000);
}

/** A refused command in one line. */
export function complain(told) {
  tell([told.sentence, told.advice, told.code && `(${told.code})`].filter(Boolean).join(" "), "bad");
}
