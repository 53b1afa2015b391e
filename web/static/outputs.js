// Each output: its mode, how much power it gets, how far what it warms is above the dew point.

import { command } from "./link.js";
import { el, lamp, press, renew, rows } from "./build.js";
import { $, fixed, known, say, show, tone } from "./draw.js";
import { follow } from "./live.js";
import { complain } from "./toast.js";
import { warmer } from "./units.js";
import { t } from "./words.js";

const MODES = { off: t("Off"), on: t("On"), fixed: t("Fixed"), dew: t("By dew point") };
const CLOSE = 2; // °C above the dew point: it will be wet soon

function make(output) {
  const slider = el("input", { type: "range", min: 0, max: 100, step: 5, "aria-label": t("Power of {name}", { name: output.label }) });
  slider.addEventListener("change", () => dim(output.name, slider));
  slider.addEventListener("input", () => say(slider.parentElement.querySelector("output"), `${slider.value} %`));
  return el("section", { class: "card output" },
    el("div", { class: "card-head" }, el("h2", {}, output.label), lamp()),
    el("div", { class: "choices modes", role: "group", "aria-label": t("Mode of {name}", { name: output.label }) }),
    el("label", { class: "dimmer" }, el("span", {}, t("Fixed power")), el("output"), slider),
    el("p", { class: "why" }), el("p", { class: "row-line margin", data: { tone: "unknown" } }, ...lamp().childNodes, el("span")));
}

async function dim(name, slider) {
  const told = await command("output", { name, percent: Number(slider.value) });
  if (!told.ok) complain(told);
}

function draw(card, output) {
  const light = card.querySelector(".lamp");
  tone(light, known(output.percent) ? (output.percent > 0 ? "good" : "off") : "bad");
  say(light.querySelector("b"), known(output.percent) ? fixed(output.percent, 0, " %") : t("Does not answer"));
  const modes = ["off", "on", "fixed", ...(output.dew ? ["dew"] : [])];
  renew(card.querySelector(".modes"), [modes, output.mode], () => modes.map((mode) =>
    press(MODES[mode], "output", { name: output.name, mode }, { look: mode === output.mode ? "plain main" : "plain", pressed: String(mode === output.mode) })));
  power(card.querySelector("input"), output);
  const told = output.mode === "dew" && known(output.spread) && known(output.percent); // the line below says it
  say(card.querySelector(".why"), told ? "" : output.why);
  margin(card.querySelector(".margin"), output.spread);
}

function power(slider, output) {
  if (document.activeElement === slider && slider.matches(":active")) return; // a finger is on it
  slider.value = output.set_percent;
  say(slider.parentElement.querySelector("output"), fixed(output.set_percent, 0, " %"));
}

function margin(line, spread) {
  line.hidden = !known(spread);
  if (!known(spread)) return;
  tone(line, spread > CLOSE ? "good" : spread > 0 ? "warn" : "bad");
  say(line.querySelector("b"), spread > CLOSE ? t("Dry") : spread > 0 ? t("Dew is near") : t("Dew"));
  say(line.querySelector("span"), t("{margin} above the dew point", { margin: warmer(spread) }));
}

follow({
  OutputsState: (state) => {
    show("outputs-none", state.outputs.length === 0);
    rows($("outputs-list"), state.outputs, (one) => one.name, make, draw);
  },
});
