// The link to the box over a bad Wi-Fi: updates that resume by id, commands that are safe to repeat.

const WAIT = 10; // seconds the box may keep a question open; short, so that a dead link is noticed soon
const LIMIT = (WAIT + 5) * 1000;
const PAUSES = [500, 1000, 2000, 3000, 5000]; // ms between attempts
const COMMAND_ATTEMPTS = 12;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function fetchWithin(url, options, ms, outer) {
  const limit = new AbortController();
  const stop = () => limit.abort();
  const timer = setTimeout(stop, ms);
  outer?.addEventListener("abort", stop, { once: true });
  try {
    return await fetch(url, { ...options, signal: limit.signal });
  } finally {
    clearTimeout(timer);
  }
}

/** Follow the box for ever. `on` has: snapshot(answer), updates(list), clock(now), up(), down(). */
export class Link {
  constructor(on) {
    this.on = on;
    this.life = "";
    this.after = 0;
    this.failures = 0;
    this.skew = 0; // box minus phone, seconds
    this.hurry = new AbortController();
    addEventListener("online", () => this.now());
    document.addEventListener("visibilitychange", () => document.hidden || this.now());
  }

  /** Seconds since 1970 by the box's clock, whatever the phone's says. */
  time() {
    return Date.now() / 1000 + this.skew;
  }

  /** Ask at once: the phone has just woken up, or its network is back. */
  now() {
    this.hurry.abort();
    this.wake?.();
  }

  async follow() {
    for (;;) {
      try {
        await this.#once();
      } catch (problem) {
        if (!this.hurry.signal.aborted) await this.#failed();
      }
      if (this.hurry.signal.aborted) this.hurry = new AbortController();
    }
  }

  async #once() {
    const within = this.failures || !this.life ? 0 : WAIT;
    const query = new URLSearchParams({ life: this.life, after: this.after, within });
    const answer = await fetchWithin(`/api/updates?${query}`, { cache: "no-store" }, within ? LIMIT : 5000, this.hurry.signal);
    if (!answer.ok) throw new Error(`the box answered ${answer.status}`);
    await this.#take(await answer.json());
  }

  async #take(told) {
    this.skew = told.now - Date.now() / 1000;
    if (told.life !== this.life) {
      this.life = told.life;
      this.after = 0;
      this.on.snapshot(told);
    }
    for (const update of told.updates) this.after = Math.max(this.after, update.id);
    this.on.updates(told.updates);
    this.failures = 0;
    this.on.up();
    if (told.come_back) await this.#rest(told.come_back * 1000);
  }

  async #failed() {
    this.on.down();
    await this.#rest(PAUSES[Math.min(this.failures++, PAUSES.length - 1)]);
  }

  #rest(ms) {
    return Promise.race([pause(ms), new Promise((resolve) => (this.wake = resolve))]);
  }
}

/** Send a command until the box has answered it; one id for all attempts, so it runs once. */
export async function command(name, given = {}) {
  const body = JSON.stringify({ id: `${Date.now()}-${Math.random().toString(36).slice(2)}`, arguments: given });
  const headers = { "Content-Type": "application/json", "X-Nightbox": "1" };
  for (let attempt = 0; attempt < COMMAND_ATTEMPTS; ) {
    try {
      const answer = await fetchWithin(`/api/command/${name}`, { method: "POST", headers, body }, 10000);
      const told = await answer.json();
      if (answer.status === 202) continue; // still at it: ask again
      return answer.ok ? { ok: true } : { ok: false, ...told };
    } catch {
      await pause(PAUSES[Math.min(attempt++, PAUSES.length - 1)]);
    }
  }
  return {
    ok: false, code: "page.no_link", sentence: "The box did not hear this.",
    advice: "Come closer to the box or check the Wi-Fi, then press again.",
  };
}
