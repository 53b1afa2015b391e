// Commands to the box over a bad Wi-Fi: safe to repeat.
//
//   const told = await command("park");              { ok: true, result }
//   const told = await command("slew", { ra, dec }); { ok: false, code, sentence, advice }

import { t } from "./words.js";

export const PAUSES = [500, 1000, 2000, 3000, 5000]; // ms between attempts
const COMMAND_ATTEMPTS = 12;

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const token = () => document.querySelector("meta[name=nightbox-token]")?.content ?? "";

export async function fetchWithin(url, options, ms, outer) {
  const limit = new AbortController();
  const stop = () => limit.abort();
  const timer = setTimeout(stop, ms);
  outer?.addEventListener("abort", stop, { once: true });
  if (outer?.aborted) stop();
  try {
    return await fetch(url, { ...options, signal: limit.signal });
  } finally {
    clearTimeout(timer);
  }
}

const newId = () => `${Date.now()}-${Math.random().toString(36).slice(2)}`;

function post(name, id, given, ms, more = {}) {
  const headers = { "Content-Type": "application/json", "X-Nightbox": "1", "X-Nightbox-Token": token() };
  const body = JSON.stringify({ id, arguments: given });
  return fetchWithin(`/api/command/${name}`, { method: "POST", headers, body, ...more }, ms);
}

/** Send a command once, one that is worth nothing later: what the box said, null when it said nothing in time. */
export async function once(name, given, ms) {
  try {
    const answer = await post(name, newId(), given, ms, { keepalive: true });
    return { ok: answer.ok, ...(await answer.json()) };
  } catch {
    return null;
  }
}

/** Send a command until the box has answered it; one id for all attempts, so it runs once. */
export async function command(name, given = {}) {
  const id = newId();
  for (let attempt = 0; attempt < COMMAND_ATTEMPTS; ) {
    try {
      const answer = await post(name, id, given, 10000);
      if (answer.status === 401) location.reload(); // signed out: the server shows where to sign in
      const told = await answer.json();
      if (answer.status === 202) continue; // still at it: ask again
      return answer.ok ? { ok: true, result: told.result } : { ok: false, ...told };
    } catch {
      await pause(PAUSES[Math.min(attempt++, PAUSES.length - 1)]);
    }
  }
  return {
    ok: false, code: "page.no_link", sentence: t("The box did not hear this."),
    advice: t("Come closer to the box or check the Wi-Fi, then press again."),
  };
}
