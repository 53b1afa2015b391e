// One item of an INDI property: how it looks, by its kind.

import { el, lamp, press, renew } from "./build.js";
import { icon, known, say, tone } from "./draw.js";
import { t } from "./words.js";

export const LAMPS = { Idle: [t("Idle"), "off"], Ok: [t("OK"), "good"], Busy: [t("Busy"), "busy"], Alert: [t("Alert"), "bad"] };

const STOPS = /ABORT/; // nobody has to hold to stop something

/** make(item), draw(element, item, vector, truth), and whether a button sends what was typed. */
export function items(vector) {
  const writes = vector.perm !== "ro";
  if (vector.kind === "Switch") return { make: () => el("div", { class: "item" }), draw: drawSwitch, sends: false };
  if (vector.kind === "Light") return { make: (item) => el("div", { class: "item" }, el("span", {}, item.label), lamp()), draw: drawLight, sends: false };
  if (vector.kind === "BLOB") return { make: (item) => el("div", { class: "item" }, el("span", {}, item.label), el("small", {}, t("frames are not shown here"))), draw: () => {}, sends: false };
  const make = vector.kind === "Number" ? (item) => figure(item, writes) : (item) => words(item, writes);
  return { make, draw: vector.kind === "Number" ? drawFigure : drawWords, sends: writes };
}

const figure = (item, writes) => el("label", { class: "item" }, el("span", {}, item.label), el("output"), ...(writes ? [el("input", { name: item.name, inputmode: "text", autocomplete: "off", placeholder: t("new") })] : []), el("small", {}, limits(item)));

const words = (item, writes) => el("label", { class: "item" }, el("span", {}, item.label), el("output"), ...(writes ? [el("input", { name: item.name, autocomplete: "off", autocapitalize: "off", spellcheck: "false", placeholder: t("new") })] : []));

function limits({ least, most, step }) {
  if (!known(least) || !known(most) || least >= most) return "";
  const range = `${round(least)} – ${round(most)}`.replaceAll("-", "−");
  return step ? t("{range}, step {step}", { range, step: round(step) }) : range;
}

const round = (value) => String(+value.toPrecision(8));

function drawFigure(place, item) {
  say(place.querySelector("output"), formatted(item.text, item.form));
}

function drawWords(place, item) {
  say(place.querySelector("output"), item.text || "–");
}

function drawLight(place, item) {
  const [words_, how] = LAMPS[item.text] ?? [item.text, "unknown"];
  tone(place.querySelector(".lamp"), how);
  say(place.querySelector(".lamp b"), words_);
}

/** A button per switch; of OneOfMany the one that is on does nothing, the others may be switched off as well. */
function drawSwitch(place, item, vector, truth) {
  const on = item.text === "On";
  const hold = truth.held && !STOPS.test(vector.name) ? t("hold") : "";
  const fixed = vector.perm === "ro" || (vector.rule === "OneOfMany" && on);
  renew(place, [on, fixed, hold], () => {
    const given = { device: truth.device, property: vector.name, values: { [item.name]: !on } };
    const look = on ? "plain main" : "plain";
    if (fixed) return [el("span", { class: `${look} still` }, on ? icon("good", "badge") : "", item.label, on ? el("span", { class: "unseen" }, t("on")) : "")];
    return [press(item.label, "indi_set", given, { hold, look, pressed: String(on), sign: on ? "good" : "", busy: t("Setting…") })];
  });
}

/** As the driver's format says: INDI's %m is sexagesimal, the rest is printf's. */
export function formatted(text, form) {
  const value = Number(text);
  if (text.trim() === "" || Number.isNaN(value)) return text || "–";
  const parts = form.match(/%(\d*)(?:\.(\d+))?([a-zA-Z])/);
  if (!parts) return round(value).replace("-", "−");
  if (parts[3] === "m") return sexagesimal(value, Number(parts[2] || 0));
  if (parts[3] === "d" || parts[3] === "i") return value.toFixed(0).replace("-", "−");
  if (parts[3] === "f" || parts[3] === "F") return value.toFixed(Math.min(Number(parts[2] ?? 6), 10)).replace("-", "−");
  return round(value).replace("-", "−");
}

function sexagesimal(value, digits) {
  const places = { 3: 60, 5: 600, 6: 3600, 8: 36000, 9: 360000 }[digits] ?? 3600;
  let left = Math.round(Math.abs(value) * places);
  const whole = Math.floor(left / places);
  left %= places;
  const minutes = Math.floor((left * 60) / places);
  const seconds = (left * 3600) / places - minutes * 60;
  const two = (n, after = 0) => n.toFixed(after).padStart(after ? 3 + after : 2, "0");
  const sign = value < 0 ? "−" : "";
  if (places === 60) return `${sign}${whole}:${two(minutes)}`;
  return `${sign}${whole}:${two(minutes)}:${two(seconds, places > 3600 ? String(places).length - 4 : 0)}`;
}
