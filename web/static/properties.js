// INDI's devices: device, group, property, item. What is not being typed into is kept as the driver tells it.

import { poll } from "./asking.js";
import { el, lamp, press, renew, rows } from "./build.js";
import { $, say, show, tone } from "./draw.js";
import { LAMPS, items } from "./indi.js";
import { t } from "./words.js";

const MOVES = new Set(["mount", "roof", "cover"]); // a stray touch must not move these
const place = $("properties");
const truth = { device: place.dataset.device, revision: 0, known: new Map(), held: true };
let again = null; // once it is known what must be held

function devices(told) {
  show("indi-why", !told.devices.length);
  say("indi-why", told.why);
  if (!told.devices.some((one) => one.name === truth.device)) choose(told.devices[0]?.name ?? "");
  holding(told.devices.find((one) => one.name === truth.device));
  rows($("indi-devices"), told.devices, (one) => one.name, tab, drawTab);
  if (told.devices.length) again ??= poll(asked, properties, 1.5);
}

function holding(device) {
  const before = truth.held;
  truth.held = !device || device.kinds.some((kind) => MOVES.has(kind));
  if (truth.held !== before) draw();
}

const asked = () => `/more/properties/now?device=${encodeURIComponent(truth.device)}&since=${truth.revision}`;

function tab(device) {
  const button = el("button", { type: "button", class: "plain device" }, el("span", { class: "label" }), lamp(), el("small"));
  button.addEventListener("click", () => (choose(device.name), holding(device), listed(), again?.()));
  return button;
}

function drawTab(button, device) {
  button.setAttribute("aria-pressed", String(device.name === truth.device));
  say(button.querySelector(".label"), device.name);
  say(button.querySelector("small"), device.owner ? t("{owner} has it", device) : "");
  const [words, how] = device.connected ? LAMPS[device.state] : [t("not connected"), "off"];
  tone(button.querySelector(".lamp"), how);
  say(button.querySelector(".lamp b"), words);
}

function choose(name) {
  if (name === truth.device) return;
  Object.assign(truth, { device: name, revision: 0 });
  truth.known.clear();
  place.replaceChildren();
  history.replaceState(null, "", name ? `?device=${encodeURIComponent(name)}` : location.pathname);
}

function properties(told, address) {
  if (!address.includes(`device=${encodeURIComponent(truth.device)}&`)) return; // another was chosen meanwhile
  if (told.whole) truth.known.clear();
  truth.revision = told.revision;
  for (const name of told.gone) truth.known.delete(name);
  for (const one of told.properties) truth.known.set(one.name, one);
  if (told.whole || told.gone.length || told.properties.length) draw();
  show("indi-said", told.lines.length > 0);
  say("indi-lines", [...told.lines].reverse().join("\n"));
}

function draw() {
  const groups = new Map();
  for (const one of truth.known.values()) groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
  const first = place.children.length === 0;
  rows(place, [...groups], ([name]) => name, group, drawGroup);
  if (first && place.firstElementChild) place.firstElementChild.open = true;
}

const group = () => el("details", { class: "card group" }, el("summary", {}, el("span", { class: "name" }), lamp()), el("div", { class: "vectors" }));

function drawGroup(details, [name, every]) {
  say(details.querySelector(".name"), name || t("Other"));
  const worst = ["Alert", "Busy", "Ok", "Idle"].find((state) => every.some((one) => one.state === state)) ?? "Idle";
  light(details.querySelector("summary > .lamp"), worst);
  rows(details.querySelector(".vectors"), every, (one) => one.name, vector, drawVector);
}

function light(place_, state) {
  const [words, how] = LAMPS[state] ?? [state, "unknown"];
  tone(place_, how);
  say(place_.querySelector("b"), words);
}

function vector(one) {
  const form = el("fieldset", { class: "vector", data: { kind: one.kind } }, el("legend", {}, el("span", { class: "name" }), lamp()), el("div", { class: "items" }), el("p", { class: "why" }));
  form.title = one.name;
  return form;
}

function drawVector(form, one) {
  say(form.querySelector("legend .name"), one.label);
  light(form.querySelector("legend > .lamp"), one.state);
  say(form.querySelector(".why"), one.said);
  const shape = [one.kind, one.perm, one.rule, one.label, truth.held, one.items.map((item) => [item.name, item.label, item.least, item.most, item.step])];
  const kit = items(one);
  renew(form.querySelector(".items"), shape, () => [...one.items.map(kit.make), ...(kit.sends ? [sender(form, one)] : [])]);
  one.items.forEach((item, index) => kit.draw(form.querySelectorAll(".item")[index], item, one, truth));
}

/** What was typed goes in one command; the button tells buttons.js what, just before it is pressed. */
function sender(form, one) {
  const button = press(t("Set"), "indi_set", {}, { hold: truth.held ? t("hold") : "", look: "plain send", busy: t("Setting…") });
  button.disabled = true;
  const tell = () => {
    const typed = [...form.querySelectorAll("input")].filter((input) => input.value.trim() !== "");
    const values = Object.fromEntries(typed.map((input) => [input.name, input.value.trim()]));
    button.dataset.arguments = JSON.stringify({ device: truth.device, property: one.name, values });
    button.disabled = !typed.length;
  };
  form.addEventListener("input", tell);
  button.addEventListener("answered", ({ detail }) => {
    if (!detail.ok) return;
    for (const input of form.querySelectorAll("input")) input.value = "";
    tell();
  });
  return button;
}

const listed = poll(() => "/more/properties/devices", devices, 5);
document.addEventListener("answered", () => again?.());
