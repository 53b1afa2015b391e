// The star chart's geometry: the sky on a plane (gnomonic, north up, east left), and back. Degrees throughout.

const RAD = Math.PI / 180;
const sin = (degrees) => Math.sin(degrees * RAD);
const cos = (degrees) => Math.cos(degrees * RAD);
export const turn = (degrees) => degrees - 360 * Math.floor(degrees / 360);

/** East and north of the centre on its tangent plane, in degrees; null behind it. */
export function project(place, centre) {
  const [ra, dec] = [place.ra - centre.ra, place.dec];
  const depth = sin(dec) * sin(centre.dec) + cos(dec) * cos(centre.dec) * cos(ra);
  if (depth < 0.05) return null;
  const east = (cos(dec) * sin(ra)) / depth;
  const north = (sin(dec) * cos(centre.dec) - cos(dec) * sin(centre.dec) * cos(ra)) / depth;
  return { east: east / RAD, north: north / RAD };
}

/** The place so far east and north of the centre on its tangent plane. */
export function place({ east, north }, centre) {
  const [x, y] = [east * RAD, north * RAD];
  const far = Math.hypot(x, y);
  if (far < 1e-12) return { ...centre };
  const angle = Math.atan(far);
  const [s, c] = [Math.sin(angle), Math.cos(angle)];
  const dec = Math.asin(c * sin(centre.dec) + (y * s * cos(centre.dec)) / far);
  const ra = Math.atan2(x * s, far * cos(centre.dec) * c - y * sin(centre.dec) * s);
  return { ra: turn(centre.ra + ra / RAD), dec: dec / RAD };
}

/** From a frame's own right and up, at a position angle, to east and north. */
export function turned({ right, up }, angle) {
  return { east: up * sin(angle) - right * cos(angle), north: up * cos(angle) + right * sin(angle) };
}

/** The corners of every panel on the tangent plane of the whole. */
export function panels(framing, field) {
  const share = 1 - framing.overlap / 100;
  const found = [];
  for (let row = 1; row <= framing.rows; row++) {
    for (let column = 1; column <= framing.columns; column++) {
      const right = (column - (framing.columns + 1) / 2) * field.width * share;
      const up = ((framing.rows + 1) / 2 - row) * field.height * share;
      const corner = (x, y) => turned({ right: right + (x * field.width) / 2, up: up + (y * field.height) / 2 }, framing.angle);
      found.push([corner(-1, 1), corner(1, 1), corner(1, -1), corner(-1, -1)]);
    }
  }
  return found;
}

/** Lines of right ascension and declination around the centre, with what to write at them. */
export function grid(centre, radius) {
  const step = [0.25, 0.5, 1, 2, 5, 10, 20].find((one) => one > radius / 2.5) ?? 20;
  const reach = radius * 1.6;
  const found = [];
  for (let dec = Math.ceil((centre.dec - reach) / step) * step; dec <= centre.dec + reach; dec += step) {
    if (Math.abs(dec) < 90) found.push({ text: `${dec < 0 ? "−" : ""}${+Math.abs(dec).toFixed(2)}°`, points: arc((n) => ({ ra: centre.ra + n, dec }), span(centre, reach)) });
  }
  const wide = hourStep(step, centre.dec);
  const half = span(centre, reach);
  for (let ra = Math.ceil((centre.ra - half) / wide) * wide; ra <= centre.ra + half && found.length < 60; ra += wide) {
    found.push({ text: hours(ra), points: arc((n) => ({ ra, dec: Math.max(-89.9, Math.min(89.9, centre.dec + n)) }), reach) });
  }
  return found;
}

const span = (centre, reach) => (Math.abs(centre.dec) + reach > 85 ? 180 : reach / cos(Math.abs(centre.dec) + reach / 2));
const arc = (at, reach) => Array.from({ length: 41 }, (_, n) => at(((n - 20) / 20) * reach));

/** Minutes of right ascension that make round numbers, as wide on the sky as the step of declination. */
function hourStep(step, dec) {
  const wanted = step / Math.max(0.05, cos(dec));
  return [0.25, 0.5, 1.25, 2.5, 5, 15, 30, 45].find((one) => one >= wanted) ?? 45;
}

function hours(ra) {
  const minutes = Math.round((turn(ra) * 4 + Number.EPSILON) * 10) / 10;
  const left = +(minutes % 60).toFixed(1);
  return left ? `${Math.floor(minutes / 60)}h ${left}m` : `${Math.floor(minutes / 60) % 24}h`;
}
