// Looking at a picture: the whole of it at once, then tiles up to 1:1; pinch, wheel, double tap, loupe, overlays.
//
//   openViewer(sub)          a sub of the journal, in a dialog over the page
//   openPicture(address)     a plain picture: no tiles, no overlays
//   new Viewer(moved).place  the same within a page

import { command } from "./link.js";
import { clock, fixed, icon, known } from "./draw.js";
import { el, opened } from "./dom.js";
import { Gestures } from "./viewer-gestures.js";
import { Loupe } from "./viewer-loupe.js";
import { Overlay } from "./viewer-overlay.js";
import { Tiles } from "./viewer-tiles.js";
import { complain } from "./toast.js";
import { t } from "./words.js";

const LARGEST = 8; // screen pixels for one of the frame
const KEYS = { "+": 1.5, "=": 1.5, "-": 1 / 1.5 };
const density = () => Math.max(1, window.devicePixelRatio || 1);

export class Viewer {
  constructor(moved = () => {}) {
    this.moved = moved;
    this.sub = null;
    this.size = { width: 0, height: 0 };
    this.view = { x: 0, y: 0, scale: 1 };
    this.whole = el("img", { class: "whole", alt: "", draggable: "false" });
    this.world = el("div", { class: "world" }, this.whole);
    this.glass = el("div", { class: "glass photo" }, this.world);
    this.overlay = new Overlay();
    this.loupe = new Loupe();
    this.told = el("p", { class: "told", role: "status" });
    this.stage = el("div", { class: "stage", tabindex: "0", role: "img", "aria-label": t("Picture") }, this.glass, this.overlay.place, this.loupe.place, this.told);
    this.facts = el("p", { class: "picture-facts" });
    this.place = el("div", { class: "viewer" }, this.stage, this.facts, this.#tools());
    this.gestures = new Gestures(this.stage, this);
    this.stage.addEventListener("keydown", (event) => this.#key(event));
    this.resized = new ResizeObserver(() => this.#resize());
    this.resized.observe(this.stage);
    this.whole.addEventListener("load", () => this.#loaded());
    this.whole.addEventListener("error", () => (this.told.textContent = t("The picture cannot be shown.")));
  }

  #tools() {
    const tool = (name, words, act, pressed) => el("button", { type: "button", class: "plain round-button", "aria-label": words, title: words, onclick: act, ...(pressed === undefined ? {} : { "aria-pressed": String(pressed) }) }, icon(name));
    const toggle = (name, words, flip) => {
      const button = tool(name, words, () => {
        const on = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", String(on));
        flip(on);
      }, false);
      return button;
    };
    this.older = tool("back", t("The one before"), () => this.open(this.about.older));
    this.newer = tool("next-page", t("The next one"), () => this.open(this.about.newer));
    this.scaled = el("button", { type: "button", class: "plain", onclick: () => this.toggle() }, "100 %");
    this.layers = ["stars", "north", "target", "objects"].map((layer, place) =>
      toggle(["star", "north", "align", "label"][place], [t("Stars with their HFR"), t("North and east"), t("Target"), t("Objects of the catalogue")][place], (on) => this.overlay.show(layer, on)));
    this.file = el("a", { class: "plain", download: true }, icon("update"), el("span", {}, t("FITS")));
    this.subTools = [this.older, this.newer, ...this.layers, this.file];
    return el("div", { class: "viewer-tools", role: "toolbar", "aria-label": t("Picture") }, this.older, this.newer, this.scaled, toggle("loupe", t("Loupe"), (on) => this.loupe.turn(on)), this.layers, this.file);
  }

  /** A sub: its small picture first, then what the box makes of its file. */
  async open(sub) {
    this.sub = sub;
    this.about = {};
    this.meta = null;
    this.tiles?.clear();
    this.tiles = null;
    this.overlay.clear();
    this.told.textContent = t("The picture is being opened …");
    this.whole.src = `/image/${sub}/preview.jpg`;
    this.file.href = `/image/${sub}/file`;
    this.moved(sub);
    const about = await command("sub", { sub });
    if (this.sub !== sub) return;
    if (!about.ok) return void (this.told.textContent = about.sentence);
    this.about = about.result;
    this.#describe();
    await this.#details(sub);
  }

  /** A picture that has nothing but its pixels. */
  openPlain(address) {
    for (const tool of this.subTools) tool.hidden = true;
    this.whole.src = address;
  }

  async #details(sub) {
    const told = await command("picture", { sub });
    if (this.sub !== sub) return;
    if (!told.ok) return complain(told);
    this.meta = told.result;
    const before = this.size.width;
    this.#sized(this.meta.width, this.meta.height);
    this.tiles = new Tiles(this.world, sub, this.meta);
    this.overlay.fill(this.meta);
    this.loupe.fill(this.tiles, this.whole, this.size);
    for (const [place, layer] of ["stars", "north", "target", "objects"].entries()) this.layers[place].disabled = !this.overlay.has(layer);
    if (before && before !== this.size.width) {
      // The same place and size on the screen, now in the frame's own pixels.
      const grown = before / this.size.width;
      this.view.scale *= grown;
    } else this.fit();
    this.draw();
  }

  #describe() {
    const sub = this.about;
    this.older.disabled = !known(sub.older);
    this.newer.disabled = !known(sub.newer);
    this.stage.setAttribute("aria-label", t("{target}, {filter}, {seconds} s", { ...sub, filter: sub.filter || t("no filter") }));
    const parts = [
      `${sub.target || t(sub.kind)} · ${sub.filter || t("no filter")} · ${sub.seconds} s · #${sub.number}`, known(sub.started) && clock(sub.started),
      known(sub.hfr) && `HFR ${fixed(sub.hfr, 2)} px`, known(sub.stars) && t("{stars} stars", sub), known(sub.error_arcsec) && t("{off} off", { off: fixed(sub.error_arcsec, 0, "″") }),
      sub.flaws && t(sub.state === "rejected" ? "rejected: {why}" : "marked: {why}", { why: sub.flaws }),
    ];
    this.facts.textContent = parts.filter(Boolean).join(" · ");
  }

  #loaded() {
    this.told.textContent = "";
    if (!this.meta) {
      this.#sized(this.whole.naturalWidth, this.whole.naturalHeight);
      this.fit();
    }
    this.stage.dataset.ready = "true";
  }

  #sized(width, height) {
    this.size = { width, height };
    for (const [name, value] of Object.entries(this.size)) this.world.style[name] = this.whole.style[name] = `${value}px`;
  }

  #resize() {
    if (!this.size.width) return;
    if (this.fitted) this.fit();
    else this.draw();
  }

  fitScale() {
    return Math.min(this.stage.clientWidth / this.size.width, this.stage.clientHeight / this.size.height) || 1;
  }

  fit() {
    this.fitted = true;
    const scale = this.fitScale();
    this.view = { scale, x: (this.stage.clientWidth - scale * this.size.width) / 2, y: (this.stage.clientHeight - scale * this.size.height) / 2 };
    this.draw();
  }

  /** Whole picture or one pixel of the frame on one of the screen, around a place of the stage. */
  toggle(x = this.stage.clientWidth / 2, y = this.stage.clientHeight / 2) {
    if (this.view.scale > this.fitScale() * 1.01) this.fit();
    else this.zoom(1 / density() / this.view.scale, x, y);
  }

  zoom(by, x, y) {
    const scale = Math.min(Math.max(this.view.scale * by, this.fitScale() * 0.9), Math.max(LARGEST / density(), this.fitScale()));
    const grown = scale / this.view.scale;
    this.view = { scale, x: x - grown * (x - this.view.x), y: y - grown * (y - this.view.y) };
    this.fitted = scale <= this.fitScale();
    this.draw();
  }

  pan(dx, dy) {
    this.view.x += dx;
    this.view.y += dy;
    this.draw();
  }

  /** The frame's pixel under a place of the stage. */
  pixel(x, y) {
    return { x: (x - this.view.x) / this.view.scale, y: (y - this.view.y) / this.view.scale };
  }

  draw() {
    if (!this.size.width) return;
    this.#keepInSight();
    const { x, y, scale } = this.view;
    this.world.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    this.stage.classList.toggle("coarse", scale * density() > 2);
    this.scaled.textContent = this.fitted ? "100 %" : t("Fit");
    this.stage.dataset.scale = (scale * density()).toFixed(3);
    this.overlay.draw(this.view, this.size);
    const corner = this.pixel(0, 0);
    const far = this.pixel(this.stage.clientWidth, this.stage.clientHeight);
    this.tiles?.draw({ left: corner.x, top: corner.y, right: far.x, bottom: far.y }, scale * density(), this.whole.naturalWidth);
  }

  /** The picture cannot be pushed out of the stage. */
  #keepInSight() {
    for (const [axis, side] of [["x", "Width"], ["y", "Height"]]) {
      const room = this.stage[`client${side}`];
      const length = this.view.scale * this.size[side.toLowerCase()];
      this.view[axis] = length <= room ? (room - length) / 2 : Math.min(room / 3, Math.max(this.view[axis], room * (2 / 3) - length));
    }
  }

  #key(event) {
    const middle = [this.stage.clientWidth / 2, this.stage.clientHeight / 2];
    const step = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
    if (KEYS[event.key]) this.zoom(KEYS[event.key], ...middle);
    else if (step) this.pan(...step);
    else if (event.key === "0") this.fit();
    else if (event.key === "1") this.zoom(1 / density() / this.view.scale, ...middle);
    else return;
    event.preventDefault();
  }

  close() {
    this.resized.disconnect();
    this.tiles?.clear();
  }
}

function dialog(fill) {
  const viewer = new Viewer();
  const shut = el("button", { type: "button", class: "plain round-button viewer-close", "aria-label": t("Close"), onclick: () => around.close() }, icon("close"));
  const around = el("dialog", { class: "viewer-dialog", "aria-label": t("Picture") }, shut, viewer.place);
  opened(around).then(() => viewer.close());
  fill(viewer);
  return viewer;
}

export const openViewer = (sub) => dialog((viewer) => viewer.open(sub));
export const openPicture = (address) => dialog((viewer) => viewer.openPlain(address));
