// Each device with its state, what recovery has tried and does next, and its rungs by hand.

import { once, poll } from "./asking.js";
import { el, lamp, press, renew, rows } from "./build.js";
import { $, say, show, span, tone } from "./draw.js";
import { follow } from "./live.js";
import { t } from "./words.js";

const STATES = {
  open: [t("Connected"), "good"], connecting: [t("Connecting"), "busy"], recovering: [t("Recovering"), "busy"],
  stuck: [t("Stuck"), "bad"], lost: [t("Lost"), "bad"], "not connected": [t("Not connected"), "off"],
};
const HOW = {
  reconnect: t("Connect anew"), driver: t("Restart its driver"), power: t("Switch its power off and on"), server: t("Restart INDI's server"),
};
const TRIED = {
  reconnect: t("connected anew"), driver: t("driver restarted"), power: t("power switched off and on"), server: t("server restarted"),
};
const NEXT = {
  reconnect: t("it is connected anew"), driver: t("its driver is restarted"), power: t("its power is switched off and on"), server: t("the server of all drivers is restarted"),
};

function make() {
  const more = el("details", {}, el("summary", {}, t("Help it")), el("div", { class: "choices" }), el("p", { class: "advice" }));
  return el("li", { class: "row" }, el("div", { class: "row-head" }, el("div", {}, el("b"), el("small")), lamp()), el("p", { class: "why" }), more);
}

function draw(line, device) {
  const [words, how] = STATES[device.state] ?? [device.state, "unknown"];
  say(line.querySelector(".row-head b"), device.name);
  say(line.querySelector("small"), [device.kind, device.driver, device.fed_by && t("fed by {output}", { output: device.fed_by })].filter(Boolean).join(" · "));
  tone(line.querySelector(".lamp"), how);
  say(line.querySelector(".lamp b"), words);
  say(line.querySelector(".why"), story(device));
  help(line.querySelector("details"), device);
}

function story(device) {
  const away = device.away_seconds !== null ? t("No answer for {time}.", { time: span(device.away_seconds) }) : "";
  const tried = device.tried.slice(-4).map((one) => t("{what} {time} ago", { what: TRIED[one.how], time: span(one.seconds_ago) })).join(", ");
  const next = device.next ? t("In {time} {what}.", { time: span(device.next.in_seconds), what: NEXT[device.next.how] }) : "";
  return [away, tried && t("Tried: {what}.", { what: tried }), next].filter(Boolean).join(" ");
}

function help(details, device) {
  const connect = device.state !== "open";
  details.hidden = !connect && !device.able.length;
  renew(details.querySelector(".choices"), [device.able, connect], () => [
    ...(connect ? [press(t("Connect"), "connect", { kind: device.kind }, { sign: "plug", busy: t("Connecting…") })] : []),
    ...device.able.map((one) => press(HOW[one.how], "device_recover", { device: device.kind, how: one.how }, { hold: t("hold"), busy: t("Asking the box…") })),
  ]);
  const disturbs = device.able.filter((one) => one.disturbs.length).map((one) => t("“{what}” disturbs {others}.", { what: HOW[one.how], others: one.disturbs.join(", ") }));
  say(details.querySelector(".advice"), disturbs.join(" "));
}

const again = poll(() => "/more/equipment/now", ({ devices }) => {
  rows($("devices"), devices, (one) => one.kind, make, draw);
  show("devices-none", false);
  const away = devices.filter((one) => one.state !== "open").length;
  say("devices-told", away ? t("{n} of {total} connected", { n: devices.length - away, total: devices.length }) : t("All {total} connected", { total: devices.length }));
}, 3);

const profile = () => el("li", { class: "row" }, el("div", { class: "row-head" }, el("div", {}, el("b"), el("small")), lamp()), el("p", { class: "why" }), el("div", { class: "choices" }));

function drawProfile(line, one) {
  const [words, how] = one.wrong ? [t("Cannot be used"), "bad"] : one.used ? [t("In use"), "good"] : one.next ? [t("Next start"), "busy"] : [t("Kept"), "off"];
  say(line.querySelector(".row-head b"), one.name);
  say(line.querySelector("small"), one.file);
  tone(line.querySelector(".lamp"), how);
  say(line.querySelector(".lamp b"), words);
  say(line.querySelector(".why"), one.wrong || (one.used && !one.next ? t("Until the next start") : ""));
  renew(line.querySelector(".choices"), [one.next, one.wrong], () =>
    one.next || one.wrong ? [] : [press(t("Use from the next start"), "profile_choose", { file: one.file })]);
}

function profiles(told) {
  show("profiles", true);
  say("profiles-folder", told.folder);
  rows($("profiles-list"), told.profiles, (one) => one.file, profile, drawProfile);
}

const look = () => $("profiles") && once("/more/equipment/profiles", profiles);
look();
document.addEventListener("answered", () => (again(), look()));
follow({ RigState: again });
