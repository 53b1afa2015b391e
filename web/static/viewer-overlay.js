// What is drawn over a picture: stars, north, target and objects, as SVG that keeps its lines thin at every scale.

import { shape } from "./draw.js";

const ARROW = 54; // CSS pixels
const CROSS = 22;
const LEAST = 5; // CSS pixels: a smaller circle could not be seen

export class Overlay {
  constructor() {
    this.place = shape("svg", { class: "overlay", "aria-hidden": "true" });
    this.layers = Object.fromEntries(["objects", "stars", "target", "north"].map((name) => [name, shape("g", { class: `layer-${name}` })]));
    for (const layer of Object.values(this.layers)) {
      layer.setAttribute("visibility", "hidden");
      this.place.append(layer);
    }
    this.clear();
  }

  clear() {
    this.meta = null;
    this.marks = [];
    for (const layer of Object.values(this.layers)) layer.replaceChildren();
  }

  /** `meta` is what the command picture tells. */
  fill(meta) {
    this.clear();
    this.meta = meta;
    for (const [x, y, hfr] of meta.stars) this.#circle("stars", x, y, 2 * (hfr ?? 3), hfr === null ? "" : hfr.toFixed(1), hfr === null);
    for (const one of meta.objects ?? []) this.#circle("objects", one.x, one.y, one.radius, one.name);
    if (meta.target) this.#cross(meta.target);
    if (meta.north) this.#arrows(meta);
  }

  has(layer) {
    return Boolean(this.layers[layer].childElementCount);
  }

  show(layer, on) {
    this.layers[layer].setAttribute("visibility", on ? "visible" : "hidden");
    if (this.last) this.draw(...this.last);
  }

  #circle(layer, x, y, radius, words, dashed = false) {
    const circle = shape("circle", { r: 1, class: dashed ? "dashed" : "" });
    const text = words && shape("text", {}, words);
    this.layers[layer].append(circle, ...(text ? [text] : []));
    this.marks.push({ layer, x, y, radius, circle, text });
  }

  #cross(target) {
    const cross = shape("path", { d: `M${-CROSS} 0H-7M7 0H${CROSS}M0 ${-CROSS}V-7M0 7V${CROSS}` });
    const text = shape("text", { x: 10, y: -10 }, target.name);
    const group = shape("g", {});
    group.append(cross, text);
    this.layers.target.append(group);
    this.marks.push({ layer: "target", x: target.x, y: target.y, group });
  }

  #arrows({ north, east }) {
    for (const [[dx, dy], letter] of [[north, "N"], [east, "E"]]) {
      const [x, y] = [dx * ARROW, dy * ARROW];
      const head = [0.7 * x - 0.15 * y, 0.7 * y + 0.15 * x, 0.7 * x + 0.15 * y, 0.7 * y - 0.15 * x];
      const path = letter === "N" ? `M0 0L${x} ${y}M${head[0]} ${head[1]}L${x} ${y}L${head[2]} ${head[3]}` : `M0 0L${0.7 * x} ${0.7 * y}`;
      const far = letter === "N" ? 1.3 : 1;
      this.layers.north.append(shape("path", { d: path }), shape("text", { x: far * x, y: far * y + 5, "text-anchor": "middle" }, letter));
    }
  }

  draw(view, size) {
    this.last = [view, size];
    for (const mark of this.marks) {
      if (this.layers[mark.layer].getAttribute("visibility") === "hidden") continue;
      const [x, y] = [view.x + (mark.x + 0.5) * view.scale, view.y + (mark.y + 0.5) * view.scale];
      if (mark.group) mark.group.setAttribute("transform", `translate(${x} ${y})`);
      else this.#round(mark, x, y, Math.max(LEAST, mark.radius * view.scale), view.scale);
    }
    const { clientWidth, clientHeight } = this.place.parentElement ?? { clientWidth: 0, clientHeight: 0 };
    const room = ARROW * 1.5;
    this.layers.north.setAttribute("transform", `translate(${Math.min(clientWidth - room, Math.max(room, view.x + size.width * view.scale - room))} ${Math.max(room, Math.min(clientHeight - room, view.y + room))})`);
  }

  #round({ layer, circle, text }, x, y, radius, scale) {
    circle.setAttribute("cx", x);
    circle.setAttribute("cy", y);
    circle.setAttribute("r", radius);
    if (!text) return;
    // Numbers at every star would hide the picture: they come when there is room.
    text.setAttribute("display", layer === "objects" || scale > 0.35 ? "inline" : "none");
    text.setAttribute("x", x + radius + 3);
    text.setAttribute("y", y + 4);
  }
}
