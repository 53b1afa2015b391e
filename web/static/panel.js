// The physical panel as it is now: its light, its sound, its display, its buttons.

import { el, lamp, rows } from "./build.js";
import { $, say, show, tone } from "./draw.js";
import { t } from "./words.js";

const PARTS = {
  start: t("Start"), stop: t("Stop"), park: t("Park"), light: t("Light"), shutdown: t("Shutdown"), override: t("Override"),
  roof_open: t("Roof open"), roof_close: t("Roof close"), status_light: t("Status light"), buzzer: t("Buzzer"), display: t("Display"),
};
const LIGHTS = {
  idle: t("ready: green winks"), waiting: t("waiting: blue, slow"), running: t("running: green, winks"), "needs you": t("needs you: violet, double"),
  unsafe: t("unsafe: amber bursts"), fault: t("fault: red, fast"), "shutting down": t("shutting down: white"), dark: t("dark"), "red lamp": t("red lamp"),
};
const MODES = { normal: t("Light on"), dark: t("Light off but for alarms"), "red lamp": t("Red lamp") };
const SOUNDS = { alarm: t("Alarm"), "needs you": t("Calls"), done: t("Done") };

export function panel(state) {
  show("panel", state.parts.length > 0);
  say("panel-mode", MODES[state.mode] ?? state.mode);
  say("panel-light", LIGHTS[state.light] ?? state.light);
  say("panel-sound", SOUNDS[state.sound] ?? t("Silent"));
  show("panel-lines", state.parts.includes("display"));
  say("panel-lines", state.lines.join("\n"));
  rows($("panel-parts"), state.parts, (part) => part, part, (line, name) => draw(line, name, state));
}

const part = (name) => el("li", { class: "row" }, el("div", { class: "row-head" }, el("b", {}, PARTS[name] ?? name), lamp()));

function draw(line, name, state) {
  const works = state.working.includes(name);
  const down = state.down.includes(name);
  tone(line.querySelector(".lamp"), works ? (down ? "busy" : "good") : "bad");
  say(line.querySelector(".lamp b"), works ? (down ? t("Pressed") : t("Works")) : t("Does not answer"));
}
