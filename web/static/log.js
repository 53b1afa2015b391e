// The decision log, newest first: what was said lately from the stream, what was said before from the journal.

import { $, clock, made, show } from "./draw.js";
import { command } from "./link.js";
import { complain } from "./toast.js";

const KEPT = 300;
const PAGE = 50;
const ASKED = 6; // pages that hold nothing new before somebody has to press again
let oldest = Infinity; // when the oldest line that is shown was said
let before = 0; // where the next page of the journal begins, 0 before the first
let live = true; // nothing has been asked of the journal yet: the list may be cut at its end

const log = $("log");
const wanted = () => $("log-card").dataset.show;

/** A new life of the box: its log starts anew. */
export function clear() {
  log.replaceChildren();
  oldest = Infinity;
  before = 0;
  live = true;
  empty();
  if ($("log-older")) show("log-older", true);
}

export function said(message, update) {
  if (update.at) oldest = Math.min(oldest, update.at);
  log.prepend(line(message, update.at));
  while (live && log.childElementCount > KEPT) log.lastElementChild.remove();
  empty();
}

function line({ level, text, code, advice, routine }, at) {
  const entry = document.createElement("li");
  entry.dataset.level = level;
  entry.dataset.routine = String(Boolean(routine));
  const words = document.createElement("div");
  words.append(made("p", text));
  if (code) words.append(made("span", code, "code"));
  if (advice) words.append(made("p", advice, "advice"));
  entry.append(made("time", at ? clock(at) : ""), words);
  return entry;
}

function shown(entry) {
  const { level, routine } = entry.dataset;
  return wanted() === "all" || level !== "info" || (wanted() === "decisions" && routine === "false");
}

function empty() {
  show("log-empty", ![...log.children].some(shown));
}

/** Earlier lines, until some are new: the newest of the journal are here already, by the stream. */
async function older() {
  $("log-older").setAttribute("aria-busy", "true");
  for (let page = 0; page < ASKED; page++) {
    const told = await command("night_log", { before, count: PAGE, show: wanted() });
    if (!told.ok) {
      complain(told);
      break;
    }
    before = told.result.before;
    const news = told.result.lines.filter((one) => one.at < oldest - 1);
    for (const one of news) {
      const entry = line(one, one.at);
      entry.dataset.old = "";
      log.append(entry);
    }
    live = false;
    if (!before) show("log-older", false);
    if (news.length || !before) break;
  }
  $("log-older").removeAttribute("aria-busy");
  empty();
}

$("log-older")?.addEventListener("click", older);
$("log-show").addEventListener("change", ({ target }) => {
  $("log-card").dataset.show = target.value;
  if (!live) forget();
  empty();
});

/** Pages were asked for one kind of lines: with another, what is older than the stream is asked for anew. */
function forget() {
  for (const entry of [...log.querySelectorAll("li[data-old]")]) entry.remove();
  before = 0;
  live = true;
  show("log-older", true);
}
