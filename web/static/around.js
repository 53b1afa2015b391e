// Weather and roof: what is measured, how old that is, what it must not pass and what happens then.

import { $, fixed, icon, made, say, show, span } from "./draw.js";
import { time } from "./live.js";
import { temperature } from "./units.js";
import { t } from "./words.js";

const OLD = 60; // seconds: weather that is older is told as such
const ROOF = { open: t("The roof is open"), closed: t("The roof is closed"), moving: t("The roof is moving"), unknown: t("The roof stands half-way") };
const QUANTITIES = {
  celsius: [t("Air"), (value) => temperature(value)],
  humidity_percent: [t("Humidity"), (value) => fixed(value, 0, " %")],
  wind_m_s: [t("Wind"), (value) => fixed(value, 1, " m/s")],
  gust_m_s: [t("Gusts"), (value) => fixed(value, 1, " m/s")],
  rain_mm_h: [t("Rain"), (value) => (value ? fixed(value, 1, " mm/h") : t("none"))],
  cloud_percent: [t("Clouds"), (value) => fixed(value, 0, " %")],
  sky_quality: [t("Sky"), (value) => fixed(value, 2, " mag/″²")],
};
const known = { safety: null, conditions: null, roof: null, weather: null, power: null };

export function clear() {
  for (const name of Object.keys(known)) known[name] = null;
  draw();
}

export const safety = (state) => keep("safety", state);
export const conditions = (state) => keep("conditions", state);
export const roof = (state) => keep("roof", state);
export const weather = (state) => keep("weather", state);
export const power = (state) => keep("power", state);

function keep(name, state) {
  known[name] = state;
  draw();
}

function draw() {
  const verdicts = [...safe(), ...sky(), ...roofed(), ...fed()];
  show("around", Boolean(known.weather || known.roof || known.power || $("around").querySelector("[data-command]")));
  $("verdicts").replaceChildren(...verdicts.map(verdict));
  $("readings").replaceChildren(...(known.weather ? readings(known.weather.values) : []));
  tick();
}

function safe() {
  const state = known.safety;
  if (!state) return [];
  const why = state.reasons.join("; ");
  if (state.safe === null) return [["unknown", t("Nobody knows whether it is safe"), why]];
  if (state.safe) return [["good", t("It is safe"), ""]];
  return [["bad", t("It is not safe: the telescope is parked, the roof closed"), why]];
}

function sky() {
  const state = known.conditions;
  if (!state || state.good === null) return [];
  return state.good ? [["good", t("The sky is good enough"), ""]] : [["warn", t("The night waits for a better sky"), state.reasons.join("; ")]];
}

function roofed() {
  const at = known.roof?.roof;
  if (!at) return [];
  return [[at === "open" || at === "closed" ? "off" : "warn", ROOF[at] ?? at, ""]];
}

function fed() {
  const state = known.power;
  if (!state) return [];
  const battery = state.battery_percent === null ? "" : t("Battery at {percent} %", { percent: fixed(state.battery_percent, 0) });
  if (state.mains) return [["good", t("On the mains"), battery]];
  const low = state.battery_percent === null || state.battery_percent < state.least_percent;
  const least = state.least_percent ? t("below {percent} %\u00a0it counts as not safe", { percent: fixed(state.least_percent, 0) }) : "";
  return [[low ? "bad" : "good", battery || t("On a battery that is not measured"), least]];
}

function verdict([look, big, small]) {
  const entry = made("li");
  entry.dataset.tone = look;
  const words = made("p");
  words.append(made("b", big), made("span", small ? ` ${small}` : ""));
  entry.append(icon(look, "badge"), words);
  return entry;
}

function readings(values) {
  const dew = dewPoint(values);
  const shown = values.filter((one) => QUANTITIES[one.quantity]).map(reading);
  return dew === null ? shown : [...shown, figure(t("Dew point"), temperature(dew), "", "")];
}

function reading(one) {
  const [name, words] = QUANTITIES[one.quantity];
  return figure(name, words(one.value), limits(one, words), { safety: "bad", conditions: "warn" }[one.beyond] ?? "");
}

/** The limit of each level, and what follows from passing it. */
function limits(one, words) {
  const least = one.quantity === "sky_quality";
  const says = [];
  if (one.safety !== null) says.push((least ? t("under {limit}: not safe") : t("over {limit}: not safe")).replace("{limit}", words(one.safety)));
  if (one.conditions !== null) says.push((least ? t("under {limit}: waits") : t("over {limit}: waits")).replace("{limit}", words(one.conditions)));
  if (one.safety === 0 && one.quantity === "rain_mm_h") return t("any: not safe");
  return says.join(", ");
}

function figure(name, big, small, look) {
  const place = made("div");
  place.dataset.tone = look;
  const value = made("dd");
  value.append(...(look ? [icon(look, "badge")] : []), made("b", big), made("span", small));
  place.append(made("dt", name), value);
  return place;
}

/** Magnus' formula, as the box has it for its heaters. */
function dewPoint(values) {
  const of = (name) => values.find((one) => one.quantity === name)?.value ?? null;
  const [celsius, humidity] = [of("celsius"), of("humidity_percent")];
  if (celsius === null || !humidity) return null;
  const g = Math.log(humidity / 100) + (17.62 * celsius) / (243.12 + celsius);
  return (243.12 * g) / (17.62 - g);
}

/** Every second: how old the weather is. */
export function tick() {
  const told = known.weather;
  const age = told ? Math.max(0, time() - told.at) : 0;
  $("readings").classList.toggle("old", age > OLD);
  say("around-age", !told ? "" : age > OLD ? t("{name}: silent for {time}", { name: told.name, time: span(age) }) : t("{name}: {time} ago", { name: told.name, time: span(age) }));
}
