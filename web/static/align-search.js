// Finding what to go to: the search box, the best tonight, typed coordinates.

import { KINDS, make, moment, sizeOf } from "./align-words.js";
import { $, fixed, known, say, show } from "./draw.js";
import { command } from "./link.js";
import { t } from "./words.js";

const TYPING = 250; // ms without a key before the box is asked
let [asked, timer, chosen, chose] = [0, 0, "", () => {}];

export function begin(onChosen) {
  chose = onChosen;
  $("find").addEventListener("input", () => (clearTimeout(timer), (timer = setTimeout(look, TYPING))));
  $("groups").addEventListener("change", look);
  $("typed").addEventListener("submit", (event) => (event.preventDefault(), typed()));
  look();
}

async function look() {
  const [number, text] = [++asked, $("find").value.trim()];
  show("groups", !text);
  const group = document.querySelector("[name=group]:checked").value;
  const told = await (text ? command("catalogue_search", { text: text.slice(0, 100) }) : command("sky_best", { group, limit: 20 }));
  if (number !== asked) return; // somebody has typed on
  draw(told.ok ? told.result.objects : []);
  const nothing = text ? t("Nothing in the catalogue looks like that.") : t("Nothing stands high enough tonight.");
  say("results-empty", told.ok ? nothing : [told.sentence, told.advice].filter(Boolean).join(" "));
  show("results-empty", !told.ok || !told.result.objects.length);
  if (told.ok) say("find-night", night(told.result.night));
}

function night(one) {
  const lit = t("Moon {percent} %\u00a0lit", { percent: Math.round(one.moon_lit * 100) });
  return one.dark ? `${t("dark {begins}–{ends}", { begins: moment(one.begins), ends: moment(one.ends) })} · ${lit}` : `${t("it does not get dark")} · ${lit}`;
}

function draw(objects) {
  $("results").replaceChildren(...objects.map(entry));
  $("results").scrollTop = 0;
}

function entry(object) {
  const button = make("button", { type: "button" }, ...lines(object));
  button.setAttribute("aria-pressed", String(object.name === chosen));
  button.addEventListener("click", () => pick(object, button));
  return make("li", {}, button);
}

function lines(object) {
  const facts = [KINDS[object.kind] ?? object.kind, known(object.magnitude) ? t("mag {number}", { number: fixed(object.magnitude, 1) }) : "", known(object.size_arcmin) ? sizeOf(object.size_arcmin) : ""];
  const name = object.called ? `${object.name} · ${object.called}` : object.name;
  return [
    make("b", { textContent: name }),
    make("span", { className: "high", textContent: object.altitude_deg > 0 ? t("{degrees}° high", { degrees: Math.round(object.altitude_deg) }) : t("down") }),
    make("small", { textContent: facts.filter(Boolean).join(" · ") }),
    make("small", { className: "end", textContent: t("best {time}, {degrees}°", { time: moment(object.best_at), degrees: Math.round(object.best_deg) }) }),
  ];
}

function pick(object, button) {
  chosen = object.name;
  for (const other of $("results").querySelectorAll("[aria-pressed]")) other.setAttribute("aria-pressed", String(other === button));
  chose(object);
}

async function typed() {
  const equinox = document.querySelector("[name=equinox]:checked").value;
  const told = await command("sky_coordinates", { text: $("typed-text").value.slice(0, 100), equinox });
  say("typed-told", told.ok ? "" : [told.sentence, told.advice].filter(Boolean).join(" "));
  if (told.ok) $("typed-text").removeAttribute("aria-invalid");
  else $("typed-text").setAttribute("aria-invalid", "true");
  if (told.ok) chose(told.result.objects[0]);
}
