// What this phone remembers of the screen from one visit to the next; nothing where the browser forbids it.

/** remember("look") gives what remember("look", value) has kept, null for nothing. */
export function remember(name, value) {
  try {
    if (value === undefined) return JSON.parse(localStorage.getItem(`focus-${name}`));
    localStorage.setItem(`focus-${name}`, JSON.stringify(value));
  } catch {
    return null;
  }
  return value;
}
