// Why it is safe or not: the verdicts, each source, what the interlock would say, the panel, what is done when.

import { once, poll } from "./asking.js";
import { el, lamp, rows } from "./build.js";
import { $, say, show, span, tone } from "./draw.js";
import { follow } from "./live.js";
import { panel } from "./panel.js";
import { t } from "./words.js";

const VERDICTS = {
  safe: [t("Safe"), "good"], unsafe: [t("Not safe"), "bad"], unknown: [t("Not known yet"), "warn"], unwatched: [t("Nothing watches the sky"), "warn"],
};
const LEVELS = { safety: t("closes the roof"), conditions: t("has the sequence wait") };

function verdict(told) {
  const [words, how] = VERDICTS[told.verdict] ?? [told.verdict, "unknown"];
  tone($("verdict"), how);
  say($("verdict").querySelector("b"), words);
  rows($("verdict-why"), told.reasons, (reason) => reason, () => el("li"), say);
  const { good, reasons } = told.conditions;
  line("sky", good === null ? "off" : good ? "good" : "warn", t("Sky"), good === null ? t("nothing judges it") : good ? t("good enough") : reasons.join("; "));
  watched(told);
}

function watched({ watching, guardian }) {
  const alive = watching ? t("the safety watch is alive") : t("the safety watch does not answer");
  const outside = guardian?.watches
    ? t("the guardian makes the rig safe after {time} of silence", { time: span(guardian.silence_seconds) })
    : t("no guardian watches over the box");
  line("guardian", !watching ? "bad" : guardian?.watches ? "good" : "off", t("Watch"), [alive, outside, guardian?.did].filter(Boolean).join("; "));
}

function line(id, how, head, words) {
  tone($(id), how);
  say($(id).querySelector("b"), head);
  say($(id).querySelector("span"), words);
}

const source = () => el("li", { class: "row" }, el("div", { class: "row-head" }, el("div", {}, el("b"), el("small")), lamp()), el("dl", { class: "readings" }), el("p", { class: "why" }));

function drawSource(row, one) {
  const [words, how] = standing(one);
  say(row.querySelector(".row-head b"), one.name);
  say(row.querySelector("small"), [LEVELS[one.level], age(one.account)].filter(Boolean).join(" · "));
  tone(row.querySelector(".lamp"), how);
  say(row.querySelector(".lamp b"), words);
  rows(row.querySelector("dl"), one.readings, (reading) => reading.what, reading, drawReading);
  say(row.querySelector(".why"), why(one));
}

const reading = (one) => el("div", { data: { tone: "unknown" } }, el("dt", {}, one.what), el("dd", {}, el("b"), el("small")));

function drawReading(place, one) {
  place.dataset.tone = one.beyond ? "bad" : "good";
  say(place.querySelector("b"), one.value);
  say(place.querySelector("small"), one.limit);
}

function standing({ account }) {
  if (!account || account.age === null) return [t("Not heard yet"), "unknown"];
  if (account.doubts.some((doubt) => doubt.counts_in === 0)) return [t("Objects"), "bad"];
  if (account.doubts.length) return [t("Is watched"), "warn"];
  return account.clear_in > 0 ? [t("Well again"), "busy"] : [t("Well"), "good"];
}

function age(account) {
  if (!account || account.age === null) return "";
  return t("heard {age} ago, silent after {limit}", { age: span(account.age), limit: span(account.stale_after) });
}

function why({ account }) {
  if (!account) return "";
  const doubts = account.doubts.map((doubt) => (doubt.counts_in > 0 ? t("{what}: counts in {time}", { what: doubt.text, time: span(doubt.counts_in) }) : doubt.text));
  const clear = account.clear_in > 0 ? [t("it must be well for another {time}", { time: span(account.clear_in) })] : [];
  return [...doubts, ...clear].join("; ");
}

const answer = () => el("li", { class: "row" }, el("div", { class: "row-head" }, el("b"), lamp()), el("p", { class: "why" }));

function drawAnswer(row, one) {
  say(row.querySelector(".row-head > b"), one.what);
  tone(row.querySelector(".lamp"), one.allowed ? "good" : "bad");
  say(row.querySelector(".lamp b"), one.always ? t("Always") : one.allowed ? t("Allowed") : t("Refused"));
  say(row.querySelector(".why"), one.allowed ? "" : t("It would not {what}: {reason}. {advice}", one));
}

const WHERE = [["roof", t("roof")], ["park_sensor", t("park sensor")], ["mount", t("mount")]];

function interlock({ situation, answers }) {
  show("interlock-none", false);
  const notes = [situation.daylight && t("it is day"), situation.stopped_by_hand && t("stopped by hand"), situation.battery_low && t("battery low")];
  say("situation", [...WHERE.map(([key, words]) => `${words}: ${situation[key]}`), ...notes.filter(Boolean)].join(" · "));
  rows($("interlock"), answers, (one) => one.command, answer, drawAnswer);
}

const list = (one) => el("details", {}, el("summary", {}, one.title), el("p", { class: "advice" }, t("At most {time}.", { time: span(one.longest_seconds) })), el("ol", { class: "steps" }, ...one.steps.map((step) => el("li", {}, step))));

const again = poll(() => "/more/safety/sources", (told) => {
  verdict(told);
  rows($("sources"), told.sources, (one) => `${one.name} ${one.level}`, source, drawSource);
}, 3);
const asked = poll(() => "/more/safety/interlock", interlock, 5);
once("/more/safety/actions", ({ lists }) => $("lists").replaceChildren(...lists.map(list)));
follow({ SafetyState: () => (again(), asked()), ConditionsState: again, RoofNow: asked, PanelState: panel });
