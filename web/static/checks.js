// Ready for tonight? One line for each point of setting up, with the way to where it is solved.

import { $, icon, made, minute, say, show } from "./draw.js";
import { t } from "./words.js";

const NAMES = {
  power: t("Power"), rig: t("Rig"), time: t("Time"), place: t("Place"), cover: t("Cover"), polar: t("Polar alignment"),
  focus: t("Focus"), target: t("Targets"), safety: t("Safety"), disk: t("Disk"),
};
const STATES = {
  done: [t("done"), "good"], "to do": [t("to do"), "todo"], problem: [t("problem"), "bad"],
  "not fitted": [t("not fitted"), "off"], "not checked": [t("not checked"), "unknown"],
};
const places = new Set($("checks").dataset.places.split(" "));
let opened = false; // once by itself, then as the person wants it

export function clear() {
  show("checks", false);
}

export function draw(state) {
  show("checks", true);
  $("checks-list").replaceChildren(...state.checks.map(point));
  const count = (name) => state.checks.filter((one) => one.state === name).length;
  const parts = [t("{n} of {total} done", { n: count("done"), total: state.checks.length })];
  if (count("problem")) parts.push(t("problems: {n}", { n: count("problem") }));
  say("checks-sum", parts.join(" · "));
  $("checks-sum").dataset.tone = count("problem") ? "bad" : "";
}

/** Before the night it stands open; in the night only who asks wants it. */
export function phase(now) {
  if (opened) return;
  opened = true;
  $("checks-details").open = ["idle", "ended", "failed", ""].includes(now);
}

function point(check) {
  const [word, look] = STATES[check.state] ?? [check.state, "unknown"];
  const entry = document.createElement("li");
  entry.dataset.tone = look;
  entry.append(icon(look, "badge"));
  const words = made("div");
  const head = made("p");
  head.append(made("b", NAMES[check.name] ?? check.name), made("span", word, "state"));
  const when = check.at ? ` ${minute(check.at)}` : "";
  words.append(head, made("p", `${check.text}${when}`, "advice"));
  entry.append(words);
  const solves = check.where && check.state !== "done" && places.has(check.where);
  if (solves) entry.append(way(check));
  return entry;
}

function way(check) {
  const link = made("a", "", "round");
  link.href = check.where;
  link.append(icon("next-page"), made("span", t("Open: {what}", { what: NAMES[check.name] ?? check.name }), "unseen"));
  return link;
}
