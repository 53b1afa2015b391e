// Fingers, mouse and wheel on a picture: pan, pinch, double tap, and the loupe's finger.

const TAP = 300; // ms between the two taps of a double tap
const NEAR = 24; // pixels that a tapping finger may move

export class Gestures {
  constructor(stage, viewer) {
    Object.assign(this, { stage, viewer });
    this.fingers = new Map();
    this.tap = { at: 0, x: 0, y: 0 };
    stage.addEventListener("pointerdown", (event) => this.#down(event));
    stage.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"]) stage.addEventListener(end, (event) => this.#up(event));
    stage.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    stage.addEventListener("pointerleave", () => viewer.loupe.hide());
  }

  #at(event) {
    const box = this.stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #down(event) {
    if (event.button > 0) return;
    this.stage.setPointerCapture(event.pointerId);
    const place = this.#at(event);
    this.fingers.set(event.pointerId, { ...place, from: place, began: event.timeStamp });
    if (this.viewer.loupe.on) this.viewer.loupe.look(place, this.viewer);
  }

  #move(event) {
    const finger = this.fingers.get(event.pointerId);
    const place = this.#at(event);
    if (this.viewer.loupe.on && (!finger || this.fingers.size === 1)) this.viewer.loupe.look(place, this.viewer);
    if (!finger) return;
    const before = this.#pinch();
    const [dx, dy] = [place.x - finger.x, place.y - finger.y];
    Object.assign(finger, place);
    if (this.fingers.size === 1 && !this.viewer.loupe.on) this.viewer.pan(dx, dy);
    if (this.fingers.size === 2) {
      const now = this.#pinch();
      this.viewer.pan(now.x - before.x, now.y - before.y);
      if (before.apart > 0) this.viewer.zoom(now.apart / before.apart, now.x, now.y);
    }
  }

  #pinch() {
    const [one, two] = [...this.fingers.values()];
    if (!two) return { x: 0, y: 0, apart: 0 };
    return { x: (one.x + two.x) / 2, y: (one.y + two.y) / 2, apart: Math.hypot(one.x - two.x, one.y - two.y) };
  }

  #up(event) {
    const finger = this.fingers.get(event.pointerId);
    this.fingers.delete(event.pointerId);
    if (event.pointerType !== "mouse") this.viewer.loupe.hide();
    if (!finger || event.type === "pointercancel" || this.fingers.size) return;
    const still = Math.hypot(finger.x - finger.from.x, finger.y - finger.from.y) < NEAR && event.timeStamp - finger.began < TAP;
    if (!still) return;
    const again = event.timeStamp - this.tap.at < TAP && Math.hypot(finger.x - this.tap.x, finger.y - this.tap.y) < NEAR;
    this.tap = again ? { at: 0, x: 0, y: 0 } : { at: event.timeStamp, x: finger.x, y: finger.y };
    if (again) this.viewer.toggle(finger.x, finger.y);
  }

  #wheel(event) {
    event.preventDefault();
    const { x, y } = this.#at(event);
    this.viewer.zoom(Math.exp(-event.deltaY / (event.deltaMode ? 20 : 400)), x, y);
  }
}
