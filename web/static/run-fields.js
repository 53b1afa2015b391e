// What the items of a plan have, as forms show it. Keys are the plan file's: docs/sequence.md.

import { sexagesimal } from "./run-form.js";
import { t } from "./words.js";

export const KINDS = {
  subs: t("Target"), mosaic: t("Mosaic"), "sky flats": t("Sky flats"), "panel flats": t("Panel flats"), darks: t("Darks and bias"),
  wait: t("Wait"), script: t("Program"),
};

const position = [
  { key: "name", label: t("Name"), help: t("M, NGC, IC, stars, planets; or your own with coordinates") },
  { key: "ra_deg", label: t("Right ascension (J2000)"), kind: "angle", hours: true, show: (value) => sexagesimal(value, true), help: t("00h42m44s, or degrees; empty: by the name") },
  { key: "dec_deg", label: t("Declination (J2000)"), kind: "angle", show: (value) => sexagesimal(value) },
  { key: "position_angle_deg", label: t("Position angle"), kind: "number", help: t("Degrees, east of north; empty: as the camera is") },
];
const limits = [
  { key: "min_altitude_deg", label: t("Lowest altitude"), kind: "number", empty: "15" },
  { key: "begin", label: t("Begin"), help: t("21:30, dusk+00:30, meridian-01:00; empty: when it is up") },
  { key: "end", label: t("End") },
  { key: "fully_dark", label: t("Only without Moon and twilight"), kind: "switch" },
  { key: "wait", label: t("What follows waits for it"), kind: "switch" },
  { key: "at_meridian", label: t("At the meridian"), kind: "choice", options: [["", t("As the profile says")], ["flip", t("Flip")], ["abort", t("End it")]], usual: "" },
  { key: "centre", label: t("Centre by plate solving"), kind: "switch", usual: true },
  { key: "focus_first", label: t("Focus before its first sub"), kind: "switch" },
  { key: "repeat", label: t("Repeat its steps"), kind: "number", empty: "1", help: t("Times; 0: until its time is over") },
  { key: "interval_seconds", label: t("Seconds from one repetition to the next"), kind: "number", empty: "0" },
];
const camera = [
  { key: "binning", label: t("Binning"), kind: "choice", options: [1, 2, 3, 4].map((n) => [n, `${n}×${n}`]), usual: 1 },
  { key: "gain", label: t("Gain"), kind: "number", help: t("Empty: the profile's") },
  { key: "offset", label: t("Offset"), kind: "number" },
];
const flats = (filters) => [
  { key: "filters", label: t("Filters"), kind: "several", options: filters },
  { key: "count", label: t("Flats in each filter"), kind: "number", empty: "15" },
  { key: "target_adu", label: t("Brightness in ADU"), kind: "number", empty: "25000" },
  { key: "shortest_seconds", label: t("Shortest exposure"), kind: "number", empty: "0.5" },
  { key: "longest_seconds", label: t("Longest exposure"), kind: "number", empty: "20" },
  ...camera,
];

/** The fields of an item: those that matter first, then the others. */
export function fieldsOf(kind, filters, panel) {
  switch (kind) {
    case "subs":
      return [position, limits];
    case "mosaic":
      return [[...position,
        { key: "columns", label: t("Columns"), kind: "number" }, { key: "rows", label: t("Rows"), kind: "number" },
        { key: "panel_deg", label: t("Field of the camera"), kind: "text", empty: panel, show: (value) => value.map((one) => Number(one.toFixed(3))).join(" × "), help: t("Width × height, degrees") },
        { key: "overlap_percent", label: t("Overlap in per cent"), kind: "number", empty: "15" }], limits];
    case "sky flats":
      return [[{ key: "twilight", label: t("Twilight"), kind: "choice", options: [["dusk", t("Dusk")], ["dawn", t("Dawn")]], usual: "dawn" }, ...flats(filters)], []];
    case "panel flats":
      return [[...flats(filters), { key: "brightness", label: t("Brightness of the panel"), kind: "number", help: t("Empty: found by itself") }], []];
    case "darks":
      return [[{ key: "count", label: t("Frames of each kind"), kind: "number", empty: "20" }, { key: "bias", label: t("Bias too"), kind: "switch", usual: true }], []];
    case "wait":
      return [[{ key: "until", label: t("Until"), help: t("21:30, dusk+00:30") }, { key: "seconds", label: t("Or for so many seconds"), kind: "number" }, { key: "ask", label: t("Or for an answer to this question") }], []];
    default:
      return [[{ key: "name", label: t("Name") }], []];
  }
}

const filter = (filters) => (filters.length
  ? { key: "filter", label: t("Filter"), kind: "choice", options: filters.map((name) => [name, name || t("none")]), usual: filters[0] }
  : { key: "filter", label: t("Filter"), help: t("Its name in the wheel; empty: none") });

/** The fields of a step: the first ones are always shown. */
export const stepFields = (filters) => [
  [filter(filters), { key: "seconds", label: t("Seconds"), kind: "number" }, { key: "count", label: t("Subs"), kind: "number" }],
  [...camera,
    { key: "dither_every", label: t("Dither every … subs"), kind: "number", empty: "1", help: t("0: never") },
    { key: "focus_before", label: t("Focus before its first sub"), kind: "switch" },
    { key: "focus_every", label: t("Focus every … subs"), kind: "number", empty: "0", help: t("0: by the plan's rules alone") },
    { key: "frame", label: t("Kind of frame"), kind: "choice", options: ["light", "dark", "flat", "bias"].map((one) => [one, t(one)]), usual: "light" },
    { key: "stack", label: t("Exposures in one sub"), kind: "number", empty: "1" }],
];

/** Options of the whole plan. */
export const planFields = [
  { key: "name", label: t("Name"), help: t("The box counts subs by it: the same name goes on with the same work") },
  { key: "night", label: t("How dark it must be"), kind: "choice", usual: "nautical", options: [["astronomical", t("Astronomical night")], ["nautical", t("Nautical night")], ["civil", t("Civil night")], ["sunset", t("After sunset")], ["any", t("At any time")]] },
  { key: "begin", label: t("Begin"), empty: "dusk" },
  { key: "end", label: t("End"), empty: "dawn" },
  { key: "repeat", label: t("The whole list so often"), kind: "number", empty: "1", help: t("0: until the night ends") },
  { key: "cool", label: t("Cool the camera at the start"), kind: "switch", usual: true },
  { key: "unpark", label: t("Unpark the mount at the start"), kind: "switch", usual: true },
  { key: "focus_at_start", label: t("Focus at the start"), kind: "switch", usual: true },
  { key: "focus_after_flip", label: t("Focus after a flip"), kind: "switch", usual: true },
  { key: "focus_every_minutes", label: t("Focus every … minutes"), kind: "number", empty: "0" },
  { key: "focus_on_celsius", label: t("Focus after a change of … °C"), kind: "number", empty: "0" },
  { key: "focus_on_hfr_percent", label: t("Focus when stars are … % larger"), kind: "number", empty: "0" },
  { key: "unattended", label: t("Nobody is there to answer"), kind: "switch", usual: true },
  { key: "park_at_end", label: t("Park at the end"), kind: "switch", usual: true },
  { key: "close_roof_at_end", label: t("Close the roof at the end"), kind: "switch", usual: true },
  { key: "warm_at_end", label: t("Warm the camera at the end"), kind: "switch", usual: true },
];
