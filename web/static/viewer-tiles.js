// The tiles of a picture: those that are seen, at the scale that fits the screen.

const TILE = 256;
const MOST = 160; // held at once: some 10 MB decoded on a phone
const SHARP = 1.3; // a level's pixel may be so many on the screen
const AT_ONCE = 6; // asked for at the same time

export class Tiles {
  constructor(world, sub, meta) {
    Object.assign(this, { world, sub, meta });
    this.all = new Map(); // number of the tile: its image
    this.queue = [];
    this.asking = 0;
  }

  clear() {
    for (const image of this.all.values()) image.remove();
    this.all.clear();
    this.queue = [];
  }

  /** The coarsest level that is sharp at a scale (screen pixels for one of the frame); null: the whole is. */
  level(scale, whole) {
    if ((this.meta.width / whole) * scale <= SHARP) return null;
    const fits = this.meta.levels.filter((level) => level.factor * scale <= SHARP);
    return fits.at(-1) ?? this.meta.levels[0];
  }

  /** Show what is within `seen` (frame pixels); `whole` is how wide the picture below the tiles is. */
  draw(seen, scale, whole) {
    const level = this.level(scale, whole || this.meta.width);
    this.queue = [];
    if (!level) return;
    for (const number of numbers(level, seen)) this.#want(level, number);
    this.#forget();
    this.#next();
  }

  /** A tile of the finest level at a frame's pixel, for the loupe: the image, or undefined until it is there. */
  finest(column, row, loaded) {
    const level = this.meta.levels[0];
    if (column < 0 || row < 0 || column >= level.columns || row >= level.rows) return undefined;
    const number = level.first + row * level.columns + column;
    const image = this.all.get(number) ?? this.#make(level, number);
    if (!image.src) this.#load(image, number);
    if (image.complete && image.naturalWidth) return image;
    image.addEventListener("load", loaded, { once: true });
    return undefined;
  }

  #want(level, number) {
    const image = this.all.get(number) ?? this.#make(level, number);
    // Those used last are forgotten last.
    this.all.delete(number);
    this.all.set(number, image);
    if (!image.src) this.queue.push(number);
  }

  #make(level, number) {
    const image = new Image();
    const place = number - level.first;
    const [column, row] = [place % level.columns, Math.floor(place / level.columns)];
    const side = TILE * level.factor;
    Object.assign(image.style, {
      left: `${column * side}px`, top: `${row * side}px`,
      width: `${Math.min(side, (level.width - column * TILE) * level.factor)}px`, height: `${Math.min(side, (level.height - row * TILE) * level.factor)}px`,
      zIndex: String(100 - level.factor),
    });
    image.className = "tile";
    image.alt = "";
    image.draggable = false;
    image.dataset.factor = level.factor;
    this.all.set(number, image);
    return image;
  }

  #next() {
    while (this.asking < AT_ONCE && this.queue.length) {
      const number = this.queue.shift();
      const image = this.all.get(number);
      if (image && !image.src) this.#load(image, number);
    }
  }

  #load(image, number) {
    this.asking += 1;
    const done = () => {
      this.asking -= 1;
      this.#next();
    };
    image.addEventListener("load", () => (this.world.append(image), done()), { once: true });
    image.addEventListener("error", () => (this.all.delete(number), done()), { once: true });
    image.src = `/image/${this.sub}/tile/${number}.jpg`;
  }

  #forget() {
    for (const [number, image] of this.all) {
      if (this.all.size <= MOST) return;
      if (!image.complete && image.src) continue;
      image.remove();
      this.all.delete(number);
    }
  }
}

function* numbers(level, seen) {
  const side = TILE * level.factor;
  const range = (low, high, most) => [Math.max(0, Math.floor(low / side)), Math.min(most - 1, Math.floor(high / side))];
  const [left, right] = range(seen.left, seen.right, level.columns);
  const [top, bottom] = range(seen.top, seen.bottom, level.rows);
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) yield level.first + row * level.columns + column;
  }
}
