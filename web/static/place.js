// Where the telescope stands: chosen, typed, or as satellites or the phone tell it.

import { $, fixed, icon, say, show } from "./draw.js";
import { follow } from "./live.js";
import { command } from "./link.js";
import { complain, tell } from "./toast.js";
import { t } from "./words.js";

const SIDES = { latitude_deg: ["N", "S"], longitude_deg: ["E", "W"] };

/** 48.1370° N 11.5750° E, 520 m; broken into lines only where it may be. */
function where(place) {
  const [latitude, longitude] = Object.entries(SIDES).map(([key, sides]) => `${fixed(Math.abs(place[key]), 4)}°\u00a0${sides[place[key] < 0 ? 1 : 0]}`);
  return `${latitude} ${longitude}, ${fixed(place.elevation_m, 0)}\u00a0m`;
}

const same = (one, other) => ["latitude_deg", "longitude_deg", "elevation_m"].every((key) => one[key] === other[key]);
const words = (place) => [place.name, where(place)].filter(Boolean).join(" · ");

async function load() {
  const answer = await command("places");
  if (!answer.ok) return complain(answer);
  const told = answer.result;
  say("place-here", words(told.now));
  show("place-next", !same(told.now, told.next));
  say("place-next", t("From the next start on: {place}", { place: words(told.next) }));
  const others = told.known.filter((place) => !same(place, told.next));
  const choices = others.map((place) => choice(place, place.name, "place"));
  if (told.satellites) choices.unshift(choice(told.satellites, t("As the satellites say"), "place"));
  $("place-known").replaceChildren(...choices);
  show("place-none", !choices.length);
}

function choice(place, name, sign) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.append(icon(sign), document.createElement("span"));
  button.lastElementChild.textContent = [name, where(place)].filter(Boolean).join(" · ");
  button.addEventListener("click", () => fill(place));
  return button;
}

/** Into the fields, to be looked at before it is used. */
function fill(place) {
  const { elements } = $("place-form");
  for (const [key, value] of Object.entries(place)) if (elements[key]) elements[key].value = typeof value === "number" ? Number(value.toFixed(5)) : value;
  elements.name.focus();
  $("place-form").scrollIntoView({ block: "center" });
}

/** 48.137, 48,137, 48 8 13 N and 11°34′30″ W alike; NaN for what is none of them. */
export function degrees(text) {
  const found = text.trim().replaceAll(",", ".").toUpperCase().match(/^([+\-−])?\s*(\d+(?:\.\d+)?)(?:[\s°:]+(\d+(?:\.\d+)?))?(?:[\s′':]+(\d+(?:\.\d+)?))?[\s°′″'"]*([NSEW])?$/);
  if (!found) return NaN;
  const [, sign, whole, minutes = 0, seconds = 0, side = ""] = found;
  const size = Number(whole) + minutes / 60 + seconds / 3600;
  return (sign && sign !== "+") || "SW".includes(side || " ") ? -size : size;
}

async function use(event) {
  event.preventDefault();
  const { elements } = event.target;
  const given = {
    name: elements.name.value.trim(),
    latitude_deg: degrees(elements.latitude_deg.value),
    longitude_deg: degrees(elements.longitude_deg.value),
    elevation_m: Number(elements.elevation_m.value.replace(",", ".") || 0),
  };
  for (const key of ["latitude_deg", "longitude_deg", "elevation_m"]) elements[key].setAttribute("aria-invalid", String(!Number.isFinite(given[key])));
  const wrong = event.target.querySelector("[aria-invalid=true]");
  complainHere(wrong ? t("This is not understood: {text}", { text: wrong.value || "–" }) : "");
  if (wrong) return wrong.focus();
  const answer = await command("place_set", given);
  if (!answer.ok) return complainHere([answer.sentence, answer.advice].join(" "));
  tell(t("Kept: it counts from the next start on."));
  await load();
}

function complainHere(text) {
  show("place-told", Boolean(text));
  say("place-told", text);
}

if ($("place-form")) {
  $("place-form").addEventListener("submit", use);
  // Browsers tell their place over HTTPS only; on the box's own plain Wi-Fi the button is not there.
  show("place-phone", window.isSecureContext && "geolocation" in navigator);
  $("place-phone").addEventListener("click", () =>
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => fill({ name: "", latitude_deg: coords.latitude, longitude_deg: coords.longitude, elevation_m: Math.round(coords.altitude ?? 0) }),
      () => complainHere(t("This phone does not tell its place.")),
      { enableHighAccuracy: true, timeout: 20000 },
    ),
  );
  follow({}, { up: load });
}
