// Angles and moments for people, and small elements.

import { fixed, known } from "./draw.js";
import { t } from "./words.js";

const two = (n) => String(n).padStart(2, "0");

/** Right ascension in degrees as 05h 35m 17s. */
export function hoursOf(degrees) {
  const ticks = Math.round((((degrees % 360) + 360) % 360) * 240) % 86400;
  return `${two(Math.floor(ticks / 3600))}h ${two(Math.floor(ticks / 60) % 60)}m ${two(ticks % 60)}s`;
}

/** Declination as −05° 23′ 28″. */
export function degreesOf(degrees) {
  const ticks = Math.round(Math.abs(degrees) * 3600);
  const sign = degrees < 0 && ticks ? "−" : "+";
  return `${sign}${two(Math.floor(ticks / 3600))}° ${two(Math.floor(ticks / 60) % 60)}′ ${two(ticks % 60)}″`;
}

/** An angle of arcseconds in the unit that suits it. */
export function far(arcsec) {
  const size = Math.abs(arcsec);
  if (size < 120) return fixed(size, 0, "″");
  return size < 7200 ? fixed(size / 60, 1, "′") : fixed(size / 3600, 1, "°");
}

/** A moment (UTC, seconds since 1970) on the phone's own wall clock, without seconds. */
export function moment(unix) {
  return new Date(unix * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
}

export const KINDS = {
  star: t("star"), "double star": t("double star"), galaxy: t("galaxy"), "galaxy pair": t("galaxy pair"),
  "galaxy triplet": t("galaxy triplet"), "galaxy group": t("galaxy group"), "open cluster": t("open cluster"),
  "globular cluster": t("globular cluster"), "cluster with nebula": t("cluster with nebula"), nebula: t("nebula"),
  "association of stars": t("association of stars"), "planetary nebula": t("planetary nebula"), "HII region": t("HII region"),
  "dark nebula": t("dark nebula"), "emission nebula": t("emission nebula"), "reflection nebula": t("reflection nebula"),
  "supernova remnant": t("supernova remnant"), nova: t("nova"), other: t("other"), planet: t("planet"), Moon: t("Moon"),
  Sun: t("Sun"), coordinates: t("coordinates"),
};

export const sizeOf = (arcmin) => (known(arcmin) ? (arcmin < 120 ? fixed(arcmin, arcmin < 10 ? 1 : 0, "′") : fixed(arcmin / 60, 1, "°")) : "–");

/** An element with its properties and what is in it. */
export function make(name, properties = {}, ...inside) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...inside);
  return made;
}

/** Bring it into view, gently where that is liked. */
export function bring(place, block) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  place.scrollIntoView({ block, behavior: still ? "instant" : "smooth" });
}
