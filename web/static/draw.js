// Small helpers: text into places, numbers for people, shapes into an SVG.

export const $ = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";

/** Put text into an element, touching it only when it changes: screen readers hear changes. */
export function say(id, text) {
  const place = typeof id === "string" ? $(id) : id;
  if (place.textContent !== text) place.textContent = text;
}

export function show(id, visible) {
  $(id).hidden = !visible;
}

export const known = (value) => value !== null && value !== undefined;
export const fixed = (value, digits, unit = "") => (known(value) ? value.toFixed(digits).replace("-", "−") + unit : "–");
export const grouped = (value) => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, "\u202f");

/** 75 becomes 1:15, 9 becomes 9 s. */
export function span(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole < 60) return `${whole} s`;
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** A moment (UTC, seconds since 1970) on the phone's own wall clock. */
export function clock(moment) {
  return new Date(moment * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
}

/** The same without seconds: 21:07. */
export const minute = (moment) => clock(moment).slice(0, 5);

/** 5400 becomes 1 h 30 min, 240 becomes 4 min: for people, not for clocks. */
export function duration(seconds) {
  const minutes = Math.max(0, Math.round(seconds / 60));
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** An element with words in it. */
export function made(kind, words = "", look = "") {
  const place = document.createElement(kind);
  place.textContent = words;
  if (look) place.className = look;
  return place;
}

export function shape(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** A linear scale from data to pixels. */
export function scale(low, high, from, to) {
  const width = high - low || 1;
  return (value) => from + ((value - low) / width) * (to - from);
}

/** At most `most` round numbers between low and high. */
export function ticks(low, high, most) {
  const raw = (high - low) / most || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw);
  const found = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n++) found.push(n * step);
  return found;
}

/** One of templates/icons.html, by its name. */
export function icon(name, look = "icon") {
  const made = shape("svg", { viewBox: "0 0 24 24", class: look, "aria-hidden": "true" });
  made.append(shape("use", { href: `#i-${name}` }));
  return made;
}

/** Say by shape and colour how things are: good, warn, bad, busy, off or unknown; a word goes beside it. */
export function tone(place, name) {
  place.dataset.tone = name;
  place.querySelector(".badge use")?.setAttribute("href", `#i-${name}`);
}
