// A round glass over the picture: the frame's own pixels, three times as large, above the finger.

import { el } from "./dom.js";

const SIDE = 168; // CSS pixels across
const TIMES = 3;
const TILE = 256;

export class Loupe {
  constructor() {
    this.on = false;
    this.canvas = el("canvas", { class: "photo", width: SIDE, height: SIDE });
    this.place = el("div", { class: "loupe", "aria-hidden": "true", hidden: true }, this.canvas);
  }

  turn(on) {
    this.on = on;
    if (!on) this.hide();
  }

  fill(tiles, whole, size) {
    Object.assign(this, { tiles, whole, size });
  }

  hide() {
    this.place.hidden = true;
  }

  /** Show what is under a place of the stage. */
  look(at, viewer) {
    if (!viewer.size.width) return;
    const side = { left: at.x - SIDE / 2, top: at.y - SIDE - 28 };
    if (side.top < 4) side.top = at.y + 44;
    side.left = Math.min(Math.max(4, side.left), viewer.stage.clientWidth - SIDE - 4);
    Object.assign(this.place.style, { left: `${side.left}px`, top: `${side.top}px` });
    this.place.hidden = false;
    this.middle = viewer.pixel(at.x, at.y);
    this.whole = viewer.whole;
    this.size = viewer.size;
    this.#paint();
  }

  #paint() {
    const { x, y } = this.middle;
    const reach = SIDE / TIMES / 2; // frame pixels from the middle to the edge
    const draw = this.canvas.getContext("2d");
    draw.imageSmoothingEnabled = false;
    draw.clearRect(0, 0, SIDE, SIDE);
    const share = this.whole.naturalWidth / this.size.width;
    draw.drawImage(this.whole, (x - reach) * share, (y - reach) * share, 2 * reach * share, 2 * reach * share, 0, 0, SIDE, SIDE);
    if (!this.tiles) return;
    const again = () => this.place.hidden || this.#paint();
    for (let row = Math.floor((y - reach) / TILE); row <= Math.floor((y + reach) / TILE); row++) {
      for (let column = Math.floor((x - reach) / TILE); column <= Math.floor((x + reach) / TILE); column++) {
        const image = this.tiles.finest(column, row, again);
        if (image) draw.drawImage(image, (column * TILE - x + reach) * TIMES, (row * TILE - y + reach) * TIMES, image.naturalWidth * TIMES, image.naturalHeight * TIMES);
      }
    }
  }
}
