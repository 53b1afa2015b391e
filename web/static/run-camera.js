// The camera in a person's hand: a look, a series to keep, its temperature.

import { $, fixed, known, say, show } from "./draw.js";
import { command } from "./link.js";
import { el } from "./dom.js";
import { Form } from "./run-form.js";
import { temperature, inCelsius, UNIT } from "./units.js";
import { complain, tell } from "./toast.js";
import { openPicture, openViewer } from "./viewer.js";
import { t } from "./words.js";

const state = { filters: [], shot: null, cool: null, sub: null };

export function begin() {
  form();
  $("hand-preview").addEventListener("click", () => shoot("preview", { loop: false }));
  $("hand-loop").addEventListener("click", () => shoot("preview", { loop: true }));
  $("hand-capture").addEventListener("click", () => shoot("capture", { wait: false }));
  $("hand-picture").addEventListener("click", () => state.sub ? openViewer(state.sub) : openPicture($("hand-picture").querySelector("img").src));
  $("cooler-cool").addEventListener("click", cool);
  $("cooler-warm").addEventListener("click", () => ask("cooler", { celsius: null, wait: false }, t("Warming up …")));
  $("shot").addEventListener("submit", (event) => event.preventDefault());
  $("cool").addEventListener("submit", (event) => (event.preventDefault(), cool()));
  command("plan_progress").then((told) => told.ok && told.result.filters.length && form(told.result.filters));
  return [{ HandState: hand, CameraState: cooler, LastSub: picture }, {}];
}

function form(filters = []) {
  const fields = [
    { key: "seconds", label: t("Seconds"), kind: "number" },
    { key: "count", label: t("Frames to keep"), kind: "number", empty: "1" },
    { key: "gain", label: t("Gain"), kind: "number", empty: t("the profile's") },
    { key: "binning", label: t("Binning"), kind: "choice", usual: 1, options: [1, 2, 3, 4].map((n) => [n, `${n}×${n}`]) },
    ...(filters.length ? [{ key: "filter", label: t("Filter"), kind: "choice", usual: "", options: [["", t("as it is")], ...filters.map((name) => [name, name])] }] : []),
  ];
  state.shot = new Form(fields, state.shot?.values() ?? { seconds: 5 }, "");
  $("shot").replaceChildren(...state.shot.parts);
  if (!state.cool) {
    state.cool = new Form([{ key: "celsius", label: t("Cool down to ({unit})", { unit: UNIT }), kind: "number" }], { celsius: "" }, "");
    $("cool").replaceChildren(...state.cool.parts);
  }
}

async function shoot(name, more) {
  const { filter, count, ...shot } = state.shot.values();
  state.shot.clear();
  if (typeof shot.seconds !== "number" || shot.seconds <= 0) return state.shot.complain("seconds", t("Give the seconds of the exposure."));
  if (filter && !(await ask("filter", { name: filter }, t("Changing the filter …")))) return undefined;
  const series = name === "capture" ? { count: count ?? 1 } : {};
  return ask(name, { ...shot, ...series, ...more }, t("Exposing …"));
}

async function ask(name, given, busy) {
  tell(busy, "busy");
  const told = await command(name, given);
  if (told.ok) tell("");
  else complain(told);
  return told.ok;
}

async function cool() {
  const typed = state.cool.values().celsius;
  state.cool.clear();
  if (typeof typed !== "number") return state.cool.complain("celsius", t("Give a temperature."));
  return ask("cooler", { celsius: inCelsius(typed), wait: false }, t("Cooling …"));
}

const DOING = { preview: t("A look is being taken"), capture: t("Frame {number} of {total}") };

function hand(now) {
  state.sub = now.sub;
  say("hand-doing", now.doing ? t(DOING[now.doing] ?? now.doing, now) : "");
  show("hand-figures", known(now.stars));
  say("hand-hfr", fixed(now.hfr, 2, " px"));
  say("hand-stars", known(now.stars) ? String(now.stars) : "–");
  say("hand-file", now.file ? now.file.split("/").at(-1) : t("not saved"));
  // The picture is there as soon as the stars are told, or the frame has been left.
  if (known(now.stars) && !now.exposing_since) picture();
}

function picture() {
  const image = $("hand-picture").querySelector("img");
  image.addEventListener("load", () => show("hand-picture", true), { once: true });
  image.src = `/preview.jpg?at=${Date.now()}`;
}

function cooler(camera) {
  show("cooling", known(camera.celsius));
  say("cooler-now", temperature(camera.celsius));
  say("cooler-aim", known(camera.target_celsius) ? temperature(camera.target_celsius) : t("off"));
  say("cooler-power", fixed(camera.cooler_percent, 0, " %"));
}
