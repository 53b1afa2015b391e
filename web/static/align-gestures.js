// Fingers and keys on the star chart: one finger drags what it touched, two zoom, keys do the same.

const UNITS = 200; // the drawing is so many units across

/** `on` has grab(part), drag(part, from, to) in units of the drawing, zoom(factor), and key(name): did it mean anything? */
export function gestures(svg, on) {
  const fingers = new Map();
  let [part, gap] = ["", 0];

  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    svg.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, at(event));
    if (fingers.size === 1) on.grab((part = event.target.dataset?.part ?? "sky"));
    gap = apart();
  });
  svg.addEventListener("pointermove", (event) => {
    const from = fingers.get(event.pointerId);
    if (!from) return;
    const to = at(event);
    fingers.set(event.pointerId, to);
    if (fingers.size === 1) return on.drag(part, from, to);
    const now = apart();
    if (gap > 5 && now > 5) on.zoom(gap / now);
    gap = now;
  });
  for (const end of ["pointerup", "pointercancel"]) {
    svg.addEventListener(end, (event) => {
      fingers.delete(event.pointerId);
      part = "sky"; // the finger that is left after a pinch must not tear the frame away
    });
  }
  svg.addEventListener("wheel", (event) => (event.preventDefault(), on.zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15)), { passive: false });
  svg.addEventListener("keydown", (event) => on.key(event.key) && event.preventDefault());

  function at(event) {
    const box = svg.getBoundingClientRect();
    const k = UNITS / Math.min(box.width, box.height);
    return { x: (event.clientX - box.left - box.width / 2) * k, y: (event.clientY - box.top - box.height / 2) * k };
  }

  function apart() {
    if (fingers.size < 2) return 0;
    const [one, other] = fingers.values();
    return Math.hypot(one.x - other.x, one.y - other.y);
  }
}
