// Past nights: what was taken, and the report of each.

import { $, duration, icon, made, show } from "./draw.js";
import { command } from "./link.js";
import { t } from "./words.js";

const OUTCOMES = { complete: [t("complete"), "good"], incomplete: [t("incomplete"), "warn"], stopped: [t("stopped"), "off"], failed: [t("failed"), "bad"] };
const FIRST = 3;
const MORE = 10;
let before = 0;

/** The newest ones, anew. */
export async function clear() {
  if (!$("nights")) return;
  before = 0;
  const told = await ask(FIRST);
  if (told) $("nights-list").replaceChildren(...told.map(night));
  show("nights-empty", !$("nights-list").childElementCount);
}

async function ask(count) {
  const told = await command("nights", { before, count });
  if (!told.ok) return null;
  before = told.result.before;
  show("nights-more", Boolean(before));
  return told.result.nights;
}

function night(one) {
  const entry = made("li");
  const link = made("a");
  link.href = `/night/${one.run}`;
  const words = made("span");
  const date = new Date(one.started * 1000).toLocaleDateString([], { weekday: "short", day: "numeric", month: "short", year: "numeric" });
  words.append(made("b", date), made("small", [one.targets.join(", ") || one.plan, t("{n} subs", { n: one.subs }), one.seconds && duration(one.seconds)].filter(Boolean).join(" · ")));
  const [word, look] = OUTCOMES[one.outcome] ?? [t("running"), "busy"];
  const state = made("span", "", "state");
  state.dataset.tone = look;
  state.append(icon(look, "badge"), made("b", word));
  link.append(words, state, icon("next-page", "icon go"));
  entry.append(link);
  return entry;
}

$("nights-more")?.addEventListener("click", async () => {
  const told = await ask(MORE);
  if (told) $("nights-list").append(...told.map(night));
});
