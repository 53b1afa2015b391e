// The HFR trend, drawn as SVG.

import { $, fixed, say, scale, shape, show } from "./draw.js";
import { t } from "./words.js";

/** HFR of the newest subs, oldest at the left. */
export function trend(subs) {
  const measured = subs.filter((sub) => sub.hfr !== null).slice(-40);
  show("trend", measured.length > 1);
  if (measured.length < 2) return;
  const values = measured.map((sub) => sub.hfr);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = Math.max((high - low) * 0.2, 0.05);
  const x = scale(0, values.length - 1, 6, 314);
  const y = scale(low - room, high + room, 52, 4);
  const points = values.map((hfr, n) => `${x(n).toFixed(1)},${y(hfr).toFixed(1)}`).join(" ");
  const last = values.length - 1;
  $("trend-svg").replaceChildren(
    shape("polyline", { points, class: "trend-line" }),
    ...values.map((hfr, n) => shape("circle", { cx: x(n), cy: y(hfr), r: n === last ? 4 : 1.8, class: "trend-dot" })),
  );
  const words = t("HFR of the last {n} subs: {low} to {high} px", { n: values.length, low: fixed(low, 2), high: fixed(high, 2) });
  $("trend-svg").setAttribute("aria-label", words);
  say("trend-caption", words);
}
