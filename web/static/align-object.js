// The chosen object: how it stands tonight, and going there.

import { bring, KINDS, moment, sizeOf } from "./align-words.js";
import { $, fixed, known, say, scale, shape, show } from "./draw.js";
import { command } from "./link.js";
import { t } from "./words.js";

const BOX = { left: 24, right: 314, top: 6, bottom: 92 };
let [object, frame] = [null, () => {}];

export function onFrame(then) {
  frame = then;
  $("object-frame").addEventListener("click", () => object && frame(object));
}

export async function choose(one) {
  object = one;
  show("object", true);
  say("object-name", one.called ? `${one.name} · ${one.called}` : one.name);
  say("object-kind", KINDS[one.kind] ?? one.kind);
  say("object-alt", fixed(one.altitude_deg, 0, "°"));
  say("object-best", `${moment(one.best_at)}, ${fixed(one.best_deg, 0, "°")}`);
  say("object-transit", `${moment(one.transit)}, ${fixed(one.transit_deg, 0, "°")}`);
  say("object-moon", fixed(one.moon_deg, 0, "°"));
  say("object-size", sizeOf(one.size_arcmin));
  say("object-mag", known(one.magnitude) ? fixed(one.magnitude, 1) : "–");
  say("object-place", `${one.ra} ${one.dec} (J2000)`);
  warn(one);
  aim(one);
  $("object-curve").replaceChildren();
  $("object-name").focus({ preventScroll: true });
  bring($("object"), "nearest");
  await curve(one);
}

/** A planet by its name: it moves on; everything else by its place. */
function aim(one) {
  const place = one.moves ? { name: one.name } : { name: one.name.slice(0, 100), ra_deg: one.ra_deg, dec_deg: one.dec_deg };
  for (const button of $("object").querySelectorAll("[data-command]")) {
    button.dataset.arguments = JSON.stringify(place);
    button.disabled = one.sun_danger || one.altitude_deg <= 0;
  }
}

function warn(one) {
  const sun = t("Too near the Sun: a telescope is never sent there.");
  const low = t("It is below the horizon now.");
  const words = one.sun_danger ? sun : one.altitude_deg <= 0 ? low : "";
  show("object-warning", Boolean(words));
  say($("object-warning").querySelector("span"), words);
}

async function curve(one) {
  const told = await command("sky_object", one.moves ? { name: one.name } : { name: one.name, ra_deg: one.ra_deg, dec_deg: one.dec_deg });
  if (!told.ok || object !== one) return;
  const points = told.result.curve;
  const x = scale(points[0][0], points.at(-1)[0], BOX.left, BOX.right);
  const y = scale(0, 90, BOX.bottom, BOX.top);
  const line = (column, look) => shape("polyline", { class: look, points: points.map((p) => `${x(p[0]).toFixed(1)},${y(Math.max(0, p[column])).toFixed(1)}`).join(" ") });
  $("object-curve").replaceChildren(...heights(y), line(2, "moon"), line(1, "it"), ...hours(points, x));
  $("object-curve").setAttribute("aria-label", t("Altitude tonight: highest {degrees}° at {time}; the Moon dashed", { degrees: Math.round(one.best_deg), time: moment(one.best_at) }));
  say("object-place", `${one.ra} ${one.dec} (J2000) · ${told.result.jnow.ra} ${told.result.jnow.dec} (JNow)`);
}

function heights(y) {
  return [0, 30, 60].flatMap((height) => [
    shape("line", { x1: BOX.left, x2: BOX.right, y1: y(height), y2: y(height) }),
    shape("text", { x: BOX.left - 4, y: y(height) + 4, class: "end" }, `${height}°`),
  ]);
}

function hours(points, x) {
  const [begins, ends] = [points[0][0], points.at(-1)[0]];
  const step = ends - begins > 50000 ? 14400 : 7200;
  const found = [];
  for (let at = Math.ceil(begins / step) * step; at < ends; at += step) {
    if (x(at) < BOX.right - 16) found.push(shape("text", { x: x(at) - 14, y: 106 }, moment(at)));
  }
  return found;
}
