// The star chart as SVG: 200 units across, the middle at 0, 0.

import { grid, panels, project, turn } from "./align-sky.js";
import { known, shape } from "./draw.js";

const EDGE = 100;
const LABELS = 14;
const NEBULAE = /nebula|HII|remnant/;
const CLUSTERS = /cluster|association/;

/** Everything there is: `view` is {centre, radius}, `sky` what the box told, `framing` and `field` ours. */
export function draw(svg, view, sky, framing, field, here) {
  const at = (place) => on(view, project(place, view.centre));
  svg.replaceChildren(...lines(view, at), ...deep(view, sky.shapes, at), ...stars(view, sky, at), ...mark(here, at), ...frame(view, framing, field, at), ...compass());
}

function on(view, seen) {
  if (!seen) return null;
  const k = EDGE / view.radius;
  return { x: -seen.east * k, y: -seen.north * k };
}

const inside = (p, more = 0) => p && Math.abs(p.x) < EDGE + more && Math.abs(p.y) < EDGE + more;
const two = (n) => n.toFixed(2);

function lines(view, at) {
  return grid(view.centre, view.radius).flatMap(({ text, points }) => {
    const seen = points.map(at).filter((p) => inside(p, 60));
    if (seen.length < 2) return [];
    const drawn = [shape("polyline", { class: "grid", points: seen.map((p) => `${two(p.x)},${two(p.y)}`).join(" ") })];
    const end = seen.find((p) => p.x > -66 && p.x < 70 && p.y > -88 && p.y < 97);
    if (end) drawn.push(shape("text", { class: "grid-text", x: two(end.x + 1.5), y: two(end.y - 1.2) }, text));
    return drawn;
  });
}

function stars(view, sky, at) {
  return sky.stars.flatMap(([ra, dec, magnitude]) => {
    const p = at({ ra, dec });
    if (!inside(p, 2)) return [];
    const r = Math.min(2.6, 0.35 + 0.32 * Math.max(0, sky.faintest - magnitude));
    return [shape("circle", { class: "star", cx: two(p.x), cy: two(p.y), r: two(r) })];
  });
}

function deep(view, shapes, at) {
  const k = EDGE / view.radius / 60; // units per arcminute
  const made = [];
  const names = [];
  for (const one of shapes) {
    const p = at({ ra: one.ra_deg, dec: one.dec_deg });
    if (!p) continue;
    const ry = Math.max(1.2, ((one.major_arcmin ?? 1) * k) / 2);
    const rx = Math.max(1, ((one.minor_arcmin ?? one.major_arcmin ?? 1) * k) / 2);
    const angle = known(one.angle_deg) ? -one.angle_deg : 0; // east of north turns against the clock here
    const look = NEBULAE.test(one.kind) ? "nebula" : CLUSTERS.test(one.kind) ? "cluster" : "galaxy";
    made.push(shape("ellipse", { class: `deep ${look}`, cx: two(p.x), cy: two(p.y), rx: two(rx), ry: two(ry), transform: `rotate(${angle} ${two(p.x)} ${two(p.y)})` }));
    label(one, p, Math.hypot(ry * Math.cos((angle * Math.PI) / 180), rx * Math.sin((angle * Math.PI) / 180)), names);
  }
  return [...made, ...names.map((one) => shape("text", { class: "deep-text", x: two(one.x), y: two(one.y) }, one.text))];
}

/** The first ones are the biggest: where a name stands, no other is written. */
function label(one, p, high, names) {
  const spot = { text: one.name, x: p.x, y: p.y - Math.min(high, 60) - 2 };
  const free = names.every((other) => Math.abs(other.x - spot.x) > 22 || Math.abs(other.y - spot.y) > 6);
  if (names.length < LABELS && free && inside(spot, -8)) names.push(spot);
}

function mark(here, at) {
  const p = here && at(here);
  if (!inside(p)) return [];
  return [shape("path", { class: "here", d: `M${two(p.x - 4)} ${two(p.y)}h2.500m3 0h2.500M${two(p.x)} ${two(p.y - 4)}v2.500m0 3v2.500` })];
}

function frame(view, framing, field, at) {
  if (!field) return [];
  const middle = at(framing);
  if (!middle) return [];
  const k = EDGE / view.radius;
  // The frame on its own tangent plane: as good as exact while it is near the chart's middle.
  const corners = panels(framing, field).map((panel) => panel.map((c) => ({ x: middle.x - c.east * k, y: middle.y - c.north * k })));
  const drawn = corners.map((panel) => shape("polygon", { class: "panel", "data-part": "frame", points: panel.map((p) => `${two(p.x)},${two(p.y)}`).join(" ") }));
  return [...drawn, ...handle(framing, corners, middle)];
}

/** Above the middle of the upper side: what turns the frame. */
function handle(framing, corners, middle) {
  const all = corners.flat();
  const [s, c] = [Math.sin((framing.angle * Math.PI) / 180), Math.cos((framing.angle * Math.PI) / 180)];
  const up = { x: -s, y: -c };
  const reach = Math.max(...all.map((p) => (p.x - middle.x) * up.x + (p.y - middle.y) * up.y));
  const stay = Math.min(reach + 11, 88);
  const at = (far) => ({ x: middle.x + up.x * far, y: middle.y + up.y * far });
  const [from, to] = [at(Math.min(reach, stay)), at(stay)];
  return [
    shape("line", { class: "stem", x1: two(from.x), y1: two(from.y), x2: two(to.x), y2: two(to.y) }),
    shape("circle", { class: "grip", "data-part": "handle", cx: two(to.x), cy: two(to.y), r: 14 }),
    shape("circle", { class: "handle", "data-part": "handle", cx: two(to.x), cy: two(to.y), r: 4 }),
  ];
}

function compass() {
  return [
    shape("path", { class: "compass", d: "M-78 93V79m-2.500 4 2.500-4 2.500 4M-78 93H-90m4-2.500-4 2.500 4 2.500" }),
    shape("text", { class: "compass-text", x: -78, y: 76 }, "N"),
    shape("text", { class: "compass-text", x: -94, y: 95 }, "E"),
  ];
}

/** The position angle of a frame whose upper side looks from its middle to here (units of the drawing). */
export const angleTo = (dx, dy) => turn((Math.atan2(-dx, -dy) * 180) / Math.PI);
