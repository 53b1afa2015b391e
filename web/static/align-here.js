// Where the mount says it points, and what the newest solved frame says.

import { degreesOf, far, hoursOf, moment } from "./align-words.js";
import { $, fixed, known, say, show } from "./draw.js";
import { t } from "./words.js";

export function clear() {
  for (const id of ["here-ra", "here-dec", "here-alt", "here-az"]) say(id, "–");
  say("here-doing", "");
  show("found", false);
}

export function mount(state) {
  say("here-ra", hoursOf(state.ra_deg));
  say("here-dec", degreesOf(state.dec_deg));
  say("here-alt", fixed(state.alt_deg, 1, "°"));
  say("here-az", fixed(state.az_deg, 1, "°"));
  say("here-doing", [doing(state), side(state.pier_side)].filter(Boolean).join(" · "));
  for (const button of document.querySelectorAll("[data-command=unpark]")) button.hidden = !state.parked;
  for (const button of document.querySelectorAll("main [data-command=park]")) button.hidden = state.parked;
  for (const button of document.querySelectorAll("[data-command=track]")) {
    button.hidden = state.parked || JSON.parse(button.dataset.arguments).on === state.tracking;
  }
}

function doing(state) {
  if (state.parked) return t("Parked");
  return state.tracking ? t("Tracking") : t("Not tracking");
}

function side(pier) {
  if (!known(pier) || /unknown/i.test(pier)) return "";
  return /east/i.test(pier) ? t("east side") : t("west side");
}

export function found(state) {
  show("found", true);
  say("found-off", headline(state, { distance: far(state.off_arcsec) }));
  say("found-when", [ways(state), moment(state.at)].filter(Boolean).join(" · "));
  say("found-ra", hoursOf(state.ra_deg));
  say("found-dec", degreesOf(state.dec_deg));
  say("found-altaz", `${fixed(state.alt_deg, 1, "°")}, ${fixed(state.az_deg, 1, "°")}`);
  say("found-angle", fixed(state.rotation_deg, 1, "°"));
  say("found-scale", fixed(state.scale_arcsec, 2, t("″ per pixel")));
  say("found-stars", `${state.matched} · ${state.solver}`);
  $("found").setAttribute("aria-label", t("Solved"));
}

function headline(state, off) {
  if (state.centred) return t("Centred, {distance} off", off);
  return state.synced ? t("Synced: it was {distance} off", off) : t("{distance} beside where the mount thinks", off);
}

/** How far east and north of the mount's belief the truth lies. */
function ways(state) {
  const east = t("{distance} to the east", { distance: far(state.off_east_arcsec) });
  const west = t("{distance} to the west", { distance: far(-state.off_east_arcsec) });
  const north = t("{distance} to the north", { distance: far(state.off_north_arcsec) });
  const south = t("{distance} to the south", { distance: far(-state.off_north_arcsec) });
  return `${state.off_east_arcsec < 0 ? west : east}, ${state.off_north_arcsec < 0 ? south : north}`;
}
