// Forms made of lists of fields: values in, values out, and each problem beside its field.

import { el } from "./dom.js";
import { t } from "./words.js";

let made = 0;

/** A group of fields. `path` is where its values stand in the plan, as the box's errors name them. */
export class Form {
  constructor(fields, values, path) {
    this.fields = fields;
    this.path = path;
    this.rows = new Map(fields.map((field) => [field.key, ROWS[field.kind ?? "text"](field, values[field.key])]));
    this.parts = [...this.rows.values()].map((row) => row.place);
  }

  /** What was typed: a field that is empty is left out, and the box takes its default. */
  values() {
    const told = {};
    for (const [key, row] of this.rows) {
      const value = row.value();
      if (value !== undefined) told[key] = value;
    }
    return told;
  }

  /** Show a problem beside its field; false when the field is none of these. */
  complain(field, words) {
    const key = field.startsWith(`${this.path}.`) || !this.path ? field.slice(this.path ? this.path.length + 1 : 0).split(".")[0] : "";
    const row = this.rows.get(key);
    row?.complain(words);
    return Boolean(row);
  }

  clear() {
    for (const row of this.rows.values()) row.complain("");
  }
}

/** A table within an item or a plan: null as long as what makes it one is not given. */
export class Group {
  constructor({ key, title, help, need, fields }, value, path) {
    Object.assign(this, { key, need });
    this.form = new Form(fields, value ?? {}, path ? `${path}.${key}` : key);
    const parts = [help && el("p", { class: "advice" }, help), ...this.form.parts];
    this.place = el("details", { class: "more" }, el("summary", {}, title), el("div", { class: "fields" }, parts));
  }

  value() {
    const told = this.form.values();
    return (this.need ? told[this.need] : Object.keys(told).length) ? told : null;
  }

  complain(field, text) {
    return this.form.complain(field, text);
  }

  clear() {
    this.form.clear();
  }
}

function flaw(input) {
  const place = el("small", { class: "flaw", id: `flaw-${++made}`, role: "alert", hidden: true });
  return {
    place,
    complain(words) {
      place.textContent = words;
      place.hidden = !words;
      if (words) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
      if (words) input.setAttribute("aria-describedby", place.id);
    },
  };
}

const number = (text) => (text.trim() === "" || Number.isNaN(Number(text.replace(",", "."))) ? text.trim() : Number(text.replace(",", ".")));

function typed(field, value, read) {
  const shown = value === null || value === undefined ? "" : (field.show ?? String)(value);
  const input = el("input", {
    type: "text", inputmode: field.kind === "number" ? "decimal" : null, value: shown, name: field.key,
    placeholder: field.empty ?? null, autocomplete: "off", autocapitalize: "off", spellcheck: "false",
    "data-field": field.key,
  });
  const { place, complain } = flaw(input);
  const label = el("label", { class: "field" }, el("span", {}, field.label), input, field.help && el("small", {}, field.help), place);
  return { place: label, complain, input, value: () => (input.value.trim() === "" ? undefined : read(input.value)) };
}

function choice(field, value) {
  const name = `choice-${++made}`;
  const inputs = field.options.map(([own, words]) => {
    const input = el("input", { type: "radio", name, value: String(own), checked: String(own) === String(value ?? field.usual ?? "") });
    return { own, input, label: el("label", {}, input, el("span", {}, words)) };
  });
  const group = el("fieldset", { class: "choice" }, el("legend", {}, field.label), el("div", { class: "options" }, inputs.map((one) => one.label)));
  const { place, complain } = flaw(group);
  group.append(place);
  return { place: group, complain, value: () => inputs.find((one) => one.input.checked)?.own };
}

function several(field, value) {
  const chosen = new Set(value ?? []);
  const inputs = field.options.map((own) => {
    const input = el("input", { type: "checkbox", value: own, checked: chosen.has(own) });
    return { own, input, label: el("label", {}, input, el("span", {}, own || t("no filter"))) };
  });
  const group = el("fieldset", { class: "choice" }, el("legend", {}, field.label), el("div", { class: "options" }, inputs.map((one) => one.label)));
  const { place, complain } = flaw(group);
  group.append(place);
  return { place: group, complain, value: () => inputs.filter((one) => one.input.checked).map((one) => one.own) };
}

function switched(field, value) {
  const input = el("input", { type: "checkbox", role: "switch", name: field.key, checked: Boolean(value ?? field.usual) });
  const { place, complain } = flaw(input);
  const label = el("div", {}, el("label", { class: "switch" }, input, el("span", {}, field.label)), field.help && el("small", {}, field.help), place);
  return { place: label, complain, value: () => input.checked };
}

const words = (text) => (text.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^"(.*)"$/, "$1"));
const spoken = (list) => list.map((word) => (/\s|^$/.test(word) ? `"${word}"` : word)).join(" ");

const ROWS = {
  text: (field, value) => typed(field, value, (text) => text.trim()),
  number: (field, value) => typed(field, value, number),
  angle: (field, value) => typed(field, value, (text) => angle(text, field.hours)),
  words: (field, value) => typed({ ...field, show: spoken }, value, words),
  choice, several, switch: switched,
};

/** Degrees from "10.68", "00h42m44s", "00:42:44" (hours where `hours`), "+41 16 08"; else the text itself. */
export function angle(text, hours = false) {
  const plain = text.trim().replace("−", "-").replace(",", ".");
  if (/^[+-]?\d+(\.\d+)?°?$/.test(plain)) return Number(plain.replace("°", ""));
  const parts = plain.match(/\d+(\.\d+)?/g);
  if (!parts || parts.length > 3 || /[^\d\s.:hmsd°'"′″+-]/i.test(plain)) return text.trim();
  const size = parts.reduce((sum, part, place) => sum + Number(part) / 60 ** place, 0);
  const turned = hours || /h/i.test(plain) ? 15 * size : size;
  return Number((plain.startsWith("-") ? -turned : turned).toFixed(6));
}

/** 10.68 becomes 00h42m43.2s, or +41°16′08″. */
export function sexagesimal(degrees, hours = false) {
  const total = Math.round(Math.abs(hours ? degrees / 15 : degrees) * 36000) / 10;
  const [whole, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, (total % 60).toFixed(hours ? 1 : 0)];
  const two = (n, width = 2) => String(n).padStart(width, "0");
  if (hours) return `${two(whole)}h${two(minutes)}m${two(seconds, 4)}s`;
  return `${degrees < 0 ? "−" : "+"}${two(whole)}°${two(minutes)}′${two(seconds)}″`;
}
