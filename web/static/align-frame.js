// Framing: the sensor's rectangle over the star chart, dragged, turned, repeated as a mosaic, and into the plan.

import { angleTo, draw } from "./align-chart.js";
import { gestures } from "./align-gestures.js";
import { place, project, turn } from "./align-sky.js";
import { bring, degreesOf, hoursOf } from "./align-words.js";
import { $, fixed, say, show } from "./draw.js";
import { command } from "./link.js";
import { t } from "./words.js";

const WIDEST = 25; // degrees from the middle to the edge
const NEAREST = 0.1;
const REST = 300; // ms without a move before the stars are asked for
const TURN = 5; // degrees by a key
const STEP = 5; // units of the drawing by a key
const framing = { ra: 10.6847, dec: 41.269, angle: 0, columns: 1, rows: 1, overlap: 15, name: "" };
const view = { centre: { ra: framing.ra, dec: framing.dec }, radius: 2 };
let sky = { stars: [], shapes: [], faintest: 10 };
let [field, here, camera, timer, asked, onAngle, own] = [null, null, null, 0, 0, () => {}, false];

export const angle = () => framing.angle;

export function begin(turned) {
  onAngle = turned;
  gestures($("sky"), { grab: () => (own = true), drag, zoom, key });
  $("zoom-in").addEventListener("click", () => zoom(0.6));
  $("zoom-out").addEventListener("click", () => zoom(1 / 0.6));
  $("frame-angle").addEventListener("input", () => turnTo(Number($("frame-angle").value)));
  $("frame-here").addEventListener("click", () => here && frameAt({ ...here, name: "" }));
  $("frame-camera").addEventListener("click", () => turnTo(camera));
  for (const id of ["columns", "rows", "overlap"]) $(id).addEventListener("input", mosaic);
  $("frame-name")?.addEventListener("input", () => ((framing.name = $("frame-name").value), tell()));
  document.addEventListener("answered", added);
  redraw();
  stars();
}

/** The box knows the camera's field once the camera was connected. */
export function rig(facts) {
  const had = field;
  field = facts.field ? { width: facts.field.width_deg, height: facts.field.height_deg } : null;
  show("frame-none", !field);
  say("frame-field", field ? t("{width}° × {height}°", { width: fixed(field.width, 2), height: fixed(field.height, 2) }) : "");
  if (field && !had) fit();
  redraw();
}

export function mount(state) {
  const first = !here;
  here = { ra: state.ra_deg, dec: state.dec_deg };
  $("frame-here").disabled = false;
  if (first && !own && !state.parked) return frameAt({ ...here, name: "" });
  redraw();
}

export function found(state) {
  camera = Math.round(state.rotation_deg * 10) / 10;
  $("frame-camera").disabled = false;
}

/** An object was chosen: it is framed unless a person has begun a framing of their own. */
export function suggest(object) {
  if (!own) frameAt({ ra: object.ra_deg, dec: object.dec_deg, name: nameOf(object) });
}

export function frameObject(object) {
  own = false;
  frameAt({ ra: object.ra_deg, dec: object.dec_deg, name: nameOf(object) });
  bring($("frame-title"), "start");
}

const nameOf = (object) => (object.kind === "coordinates" ? "" : object.name);

function frameAt({ ra, dec, name }) {
  Object.assign(framing, { ra, dec, name });
  if ($("frame-name")) $("frame-name").value = name;
  view.centre = { ra, dec };
  fit();
  moved();
}

/** So that the whole frame is seen, with room around it. */
function fit() {
  if (!field) return;
  const share = 1 - framing.overlap / 100;
  const [wide, high] = [field.width * (1 + (framing.columns - 1) * share), field.height * (1 + (framing.rows - 1) * share)];
  view.radius = Math.min(WIDEST, Math.max(NEAREST, Math.hypot(wide, high) * 0.85));
}

function drag(part, from, to) {
  const k = view.radius / 100;
  if (part === "handle") {
    const middle = project(framing, view.centre) ?? { east: 0, north: 0 };
    return turnTo(angleTo(to.x + middle.east / k, to.y + middle.north / k));
  }
  const [east, north] = [-(to.x - from.x) * k, -(to.y - from.y) * k];
  if (part === "frame") {
    const seen = project(framing, view.centre) ?? { east: 0, north: 0 };
    Object.assign(framing, place({ east: seen.east + east, north: seen.north + north }, view.centre));
  } else view.centre = place({ east: -east, north: -north }, view.centre);
  moved();
}

function zoom(factor) {
  view.radius = Math.min(WIDEST, Math.max(NEAREST, view.radius * factor));
  moved();
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function key(name) {
  const arrow = ARROWS[name];
  if (arrow) drag("frame", { x: 0, y: 0 }, { x: arrow[0] * STEP, y: arrow[1] * STEP });
  else if (name === "+") zoom(0.8);
  else if (name === "-") zoom(1.25);
  else if (/^[lr]$/i.test(name)) turnTo(turn(framing.angle + (name.toLowerCase() === "l" ? TURN : -TURN)));
  else return false;
  own = true;
  return true;
}

function turnTo(degrees) {
  framing.angle = turn(Math.round(degrees * 10) / 10);
  own = true;
  moved();
}

function mosaic() {
  const number = (id) => Math.min(Number($(id).max), Math.max(Number($(id).min), Math.round(Number($(id).value)) || Number($(id).min)));
  Object.assign(framing, { columns: number("columns"), rows: number("rows"), overlap: number("overlap") });
  fit();
  moved();
}

function moved() {
  redraw();
  clearTimeout(timer);
  timer = setTimeout(stars, REST);
}

function redraw() {
  draw($("sky"), view, sky, framing, field, here);
  tell();
}

function tell() {
  say("frame-ra", hoursOf(framing.ra));
  say("frame-dec", degreesOf(framing.dec));
  say("frame-angle-told", fixed(framing.angle, 1, "°"));
  $("frame-angle").value = String(Math.round(framing.angle) % 360);
  $("sky").setAttribute("aria-label", t("Star chart around {ra} {dec}; the frame at {angle}°, {columns} × {rows}", { ra: hoursOf(framing.ra), dec: degreesOf(framing.dec), angle: framing.angle, columns: framing.columns, rows: framing.rows }));
  onAngle(framing.angle);
  carry();
}

/** What goes into the plan, by the command and by the link to Run. */
function carry() {
  const add = document.querySelector("[data-command=framing_add]");
  if (!add) return;
  const name = framing.name.trim();
  const given = { name, ra_deg: +framing.ra.toFixed(5), dec_deg: +framing.dec.toFixed(5), position_angle_deg: framing.angle, columns: framing.columns, rows: framing.rows, overlap_percent: framing.overlap };
  add.disabled = !name;
  add.dataset.arguments = JSON.stringify(given);
  const { name: add_, ...rest } = given;
  $("frame-run").search = new URLSearchParams({ add: add_ || t("Framing"), ...rest }).toString();
}

function added(event) {
  const button = event.target.closest?.("[data-command=framing_add]");
  if (!button || !event.detail.ok) return;
  const { name, subs, position_angle_kept: kept } = event.detail.result;
  const words = t("{name} is in the plan, which has {subs} subs now.", { name, subs });
  say("frame-told", kept ? words : `${words} ${t("This rig has no rotator: turn the camera by hand.")}`);
  show("frame-told", true);
}

async function stars() {
  const number = ++asked;
  const { ra, dec } = view.centre;
  const told = await command("sky_chart", { ra_deg: turn(ra) % 360, dec_deg: dec, radius_deg: Math.min(40, view.radius * 1.45) });
  if (number !== asked || !told.ok) return;
  sky = told.result;
  redraw();
}
