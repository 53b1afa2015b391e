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
  { key: "preview_seconds", label: t("Seconds of each look between repetitions"), kind: "number", empty: "0", help: t("Shown, not saved; up to 600; 0: none") },
  { key: "refresh_minutes", label: t("Follow a moving body every … minutes"), kind: "number", empty: "0", help: t("0: not") },
  { key: "focus_star_magnitude", label: t("Focus on a star of magnitude"), kind: "number", help: t("−2 to 12; empty: in place") },
  { key: "move", label: t("Move the telescope there"), kind: "switch", usual: true, help: t("Off: it takes what is there, without coordinates") },
];
const orbit = {
  key: "orbit", title: t("Orbit of a comet or asteroid"), help: t("Osculating elements, J2000 ecliptic, as the MPC lists them; instead of coordinates."), need: "",
  fields: [
    { key: "perihelion_au", label: t("Perihelion distance in au"), kind: "number", help: t("More than 0") },
    { key: "eccentricity", label: t("Eccentricity"), kind: "number", help: t("0 or more") },
    { key: "inclination_deg", label: t("Inclination"), kind: "number", help: t("0° to 180°") },
    { key: "node_deg", label: t("Ascending node"), kind: "number", help: t("0° to 360°") },
    { key: "argument_deg", label: t("Argument of perihelion"), kind: "number", help: t("0° to 360°") },
    { key: "perihelion_jd", label: t("Moment of perihelion"), kind: "number", help: t("Julian day, TT") },
  ],
};
const program = [
  { key: "file", label: t("Program"), help: t("An executable or a Python file on the box, with its folder") },
  { key: "arguments", label: t("Its arguments"), kind: "words", help: t("With spaces between; quotes keep spaces within") },
  { key: "within_seconds", label: t("Seconds that it may take"), kind: "number", empty: "120", help: t("Up to 86400") },
  { key: "on_failure", label: t("When it fails"), kind: "choice", usual: "go on", options: [["go on", t("Go on")], ["stop", t("End the night")], ["ask", t("Ask me")]] },
];
const named = { key: "name", label: t("Name") };
const camera = [
  { key: "binning", label: t("Binning"), kind: "choice", options: [1, 2, 3, 4].map((n) => [n, `${n}×${n}`]), usual: 1 },
  { key: "gain", label: t("Gain"), kind: "number", help: t("Empty: the profile's") },
  { key: "offset", label: t("Offset"), kind: "number" },
  { key: "readout_mode", label: t("Readout mode"), help: t("As the camera names it; empty: as it is") },
];
const flats = (filters) => [
  { key: "filters", label: t("Filters"), kind: "several", options: filters },
  { key: "count", label: t("Flats in each filter"), kind: "number", empty: "15" },
  { key: "target_adu", label: t("Brightness in ADU"), kind: "number", empty: "25000" },
  { key: "shortest_seconds", label: t("Shortest exposure"), kind: "number", empty: "0.5" },
  { key: "longest_seconds", label: t("Longest exposure"), kind: "number", empty: "20" },
  ...camera.slice(0, 2),
];
const flatsToo = [named, { key: "tolerance_percent", label: t("May be off by … %"), kind: "number", empty: "10", help: t("Up to 50") }, ...camera.slice(2)];

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
      return [[{ key: "twilight", label: t("Twilight"), kind: "choice", options: [["dusk", t("Dusk")], ["dawn", t("Dawn")]], usual: "dawn" }, ...flats(filters)],
        [...flatsToo, { key: "shift_arcsec", label: t("Shift between flats in arc seconds"), kind: "number", empty: "60", help: t("So that stars can be taken out; 0: none") }]];
    case "panel flats":
      return [[...flats(filters), { key: "brightness", label: t("Brightness of the panel"), kind: "number", help: t("Empty: found by itself") }], flatsToo];
    case "darks":
      return [[{ key: "count", label: t("Frames of each kind"), kind: "number", empty: "20" }, { key: "bias", label: t("Bias too"), kind: "switch", usual: true }], [named]];
    case "wait":
      return [[{ key: "until", label: t("Until"), help: t("21:30, dusk+00:30") }, { key: "seconds", label: t("Or for so many seconds"), kind: "number" }, { key: "ask", label: t("Or for an answer to this question") }], [named]];
    case "script":
      return [[...program, { key: "begin", label: t("Not before"), help: t("21:30, dusk+00:30; empty: in its turn") }], [named]];
    default:
      return [[named], []];
  }
}

/** Tables within an item: they are there as soon as `need` is given, or anything where that is "". */
export const groupsOf = (kind) => (["subs", "mosaic"].includes(kind) ? [orbit] : []);

/** The steps of an item, as far as it has any; `least` of them. */
export const STEPS = {
  subs: { title: t("Steps"), least: 1, first: { seconds: 120, count: 20 } },
  mosaic: { title: t("Steps"), least: 1, first: { seconds: 120, count: 20 } },
  darks: { title: t("Darks and bias of your own, instead of those that the plan needs"), least: 0, first: { frame: "dark", seconds: 120, count: 20 } },
};

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
    { key: "stack", label: t("Exposures in one sub"), kind: "number", empty: "1" },
    { key: "description", label: t("Note") }],
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
  { key: "unattended", label: t("Nobody is there to answer"), kind: "switch", usual: true },
  { key: "focus_at_start", label: t("Focus at the start"), kind: "switch", usual: true },
  { key: "focus_after_flip", label: t("Focus after a flip"), kind: "switch", usual: true },
  { key: "focus_every_minutes", label: t("Focus every … minutes"), kind: "number", empty: "0" },
  { key: "focus_on_celsius", label: t("Focus after a change of … °C"), kind: "number", empty: "0" },
  { key: "focus_on_hfr_percent", label: t("Focus when stars are … % larger"), kind: "number", empty: "0" },
  { key: "park_at_end", label: t("Park at the end"), kind: "switch", usual: true },
  { key: "close_roof_at_end", label: t("Close the roof at the end"), kind: "switch", usual: true },
  { key: "warm_at_end", label: t("Warm the camera at the end"), kind: "switch", usual: true },
];

/** Those that are changed seldom. */
export const planMore = [
  { key: "clear_on_repeat", label: t("Each time from nothing"), kind: "switch", usual: true, help: t("Off: a repeated list takes only what is still missing") },
  { key: "answer_seconds", label: t("Seconds to wait for an answer"), kind: "number", empty: "300", help: t("Up to 7200; then it goes on by itself") },
  { key: "focus_on_filter_change", label: t("Focus when the filter changes"), kind: "choice", usual: true, options: [[true, t("When its focus is not known")], ["always", t("Always")], [false, t("Never")]] },
  { key: "focus_on_resume", label: t("Focus when the night goes on"), kind: "switch", usual: true },
  { key: "focus_after_centring", label: t("Focus after centring"), kind: "switch" },
  { key: "focus_in_twilight", label: t("Focus in twilight too"), kind: "switch", usual: true },
  { key: "focus_every_subs", label: t("Focus every … subs"), kind: "number", empty: "0", help: t("0: never") },
  { key: "stop_tracking_at_end", label: t("Stop tracking at the end"), kind: "switch", usual: true },
];

/** Programs of the whole plan, as `script` has them. */
export const planPrograms = [
  ["start", t("Program before the first item")], ["end", t("Program after the last item")], ["error", t("Program when it cannot go on")],
].map(([key, title]) => ({ key, title, need: "file", fields: program }));
