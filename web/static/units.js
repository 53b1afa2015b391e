// Temperatures as the reader wants them (More, Display): data-units of <html> is "c" or "f".

import { fixed, known } from "./draw.js";

const fahrenheit = document.documentElement.dataset.units === "f";
export const UNIT = fahrenheit ? "°F" : "°C";

/** A temperature, given in °C. */
export function temperature(celsius, digits = 1) {
  return fixed(known(celsius) && fahrenheit ? celsius * 1.8 + 32 : celsius, digits, ` ${UNIT}`);
}

/** A difference of temperatures, given in °C. */
export function warmer(celsius, digits = 1) {
  return fixed(known(celsius) && fahrenheit ? celsius * 1.8 : celsius, digits, ` ${UNIT}`);
}

/** What a person typed in their unit, in °C. */
export const inCelsius = (typed) => (fahrenheit ? (typed - 32) / 1.8 : typed);
