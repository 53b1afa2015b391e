// Files: what is chosen, what becomes of it, and small pictures as they are made.

import { $, say, show, tone } from "./draw.js";
import { command, pause } from "./link.js";
import { follow } from "./live.js";
import { complain, tell } from "./toast.js";
import { t } from "./words.js";

const MOST = 150; // names in one request
const boxes = [...document.querySelectorAll(".pick input")];
const picked = () => boxes.filter((box) => box.checked);
/** Everything of a folder is the folder. */
const names = () => ($("all")?.checked && $("all").dataset.path ? [$("all").dataset.path] : picked().map((box) => box.value));

const SIZES = [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]];
function size(bytes) {
  const [unit, one] = SIZES.find(([, least]) => bytes >= least) ?? ["B", 1];
  return `${(bytes / one).toFixed(unit === "GB" ? 1 : 0)} ${unit}`;
}

const total = (field) => picked().reduce((sum, box) => sum + Number(box.dataset[field]), 0);
const what = () => t("{files} files, {size}", { files: total("files"), size: size(total("bytes")) });

function chosen() {
  const any = picked().length > 0;
  $("all").checked = any && picked().length === boxes.length;
  $("all").indeterminate = any && !$("all").checked;
  say("chosen", any ? what() : t("Choose all"));
  for (const id of ["download", "usb", "delete"]) $(id).disabled = !any;
}

function ask(dialog) {
  dialog.showModal();
  dialog.querySelector("[data-close]").focus();
}

async function download() {
  const paths = names();
  if (paths.length > MOST) return tell(t("These are too many names: choose their folder instead."), "bad");
  if (paths.length === 1 && total("files") === 1 && !$("all").dataset.path) return void boxes.find((box) => box.checked).closest("li").querySelector("a").click();
  tell(t("Preparing the download…"), "busy");
  const told = await command("files_pick", { paths });
  if (!told.ok) return complain(told);
  tell(t("{files} files, {size}: your phone saves them now. Stay in this Wi-Fi.", { files: told.result.files.length, size: size(told.result.bytes) }));
  location.assign(`/more/files/zip?${new URLSearchParams(paths.map((path) => ["path", path]))}`);
}

function remove() {
  const button = document.querySelector('#deleting [data-command="files_delete"]');
  button.dataset.arguments = JSON.stringify({ paths: names() });
  say("deleting-what", what());
  $("deleting-names").replaceChildren(...picked().map((box) => Object.assign(document.createElement("li"), { textContent: box.value })));
  ask($("deleting"));
}

async function drives() {
  say("copying-what", what());
  say("drives", t("Looking for drives…"));
  $("copy-start").disabled = true;
  ask($("copying"));
  const told = await command("drives");
  if (!told.ok) return say("drives", told.sentence);
  if (!told.result.length) return say("drives", t("No drive is plugged in. Plug in a USB stick, wait a moment, and open this again."));
  $("drives").replaceChildren(...told.result.map(drive));
  $("copy-start").disabled = false;
  $("drives").querySelector("input").checked = true;
  choose();
}

function drive(one, number) {
  const label = document.createElement("label");
  const radio = Object.assign(document.createElement("input"), { type: "radio", name: "drive", value: one.mount, id: `drive-${number}` });
  const words = document.createElement("span");
  words.textContent = one.writable ? t("{name}: {free} free", { name: one.name, free: size(one.free) }) : t("{name}: cannot be written", { name: one.name });
  label.append(radio, words);
  return label;
}

function choose() {
  const drive = document.querySelector("#drives input:checked")?.value;
  $("copy-start").dataset.arguments = JSON.stringify({ paths: names(), drive });
}

const SIGNS = { copying: "busy", done: "good", failed: "bad", stopped: "warn" };
function copy(state) {
  show("copy", Boolean(state.phase));
  if (!state.phase) return;
  const heads = {
    copying: t("Copying to {drive}", state), done: t("Copied to {drive}", state),
    failed: t("Not everything was copied to {drive}", state), stopped: t("Copying to {drive} was stopped", state),
  };
  tone($("copy").querySelector("h2"), SIGNS[state.phase]);
  say($("copy-title").querySelector("b"), heads[state.phase]);
  $("copy-bar").value = state.of_bytes ? state.bytes / state.of_bytes : 0;
  show("copy-bar", state.phase === "copying");
  show("copy-stop", state.phase === "copying");
  const far = t("{files} of {of_files} files, {bytes} of {of_bytes}", { ...state, bytes: size(state.bytes), of_bytes: size(state.of_bytes) });
  say("copy-text", state.text || far);
  $("copy-failures").replaceChildren(...state.failures.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
}

// Pictures are made behind the night, a few at a time: only of what is looked at, and asked again until they are there.
const looked = new Set();
const watcher = new IntersectionObserver((seen) => {
  for (const one of seen) one.isIntersecting ? looked.add(one.target) : looked.delete(one.target);
}, { rootMargin: "200px" });

async function pictures() {
  for (const row of document.querySelectorAll("li[data-frame]")) watcher.observe(row);
  for (let wait = 500; ; ) {
    await pause(wait);
    const rows = [...looked].filter((row) => !row.dataset.pictured).slice(0, 24);
    if (document.hidden || !rows.length) continue;
    const told = await command("files_pictures", { paths: rows.map((row) => row.dataset.frame) });
    if (!told.ok) {
      wait = Math.min(wait * 2, 30000);
      continue;
    }
    const ready = new Set(told.result.ready);
    for (const row of rows) if (ready.has(row.dataset.frame)) picture(row);
    if (!told.result.making) for (const row of rows) row.dataset.pictured = "none";
    wait = told.result.making ? 2000 : 500;
  }
}

function picture(row) {
  row.dataset.pictured = "yes";
  const path = row.dataset.frame.split("/").map(encodeURIComponent).join("/");
  const image = Object.assign(new Image(), { className: "photo", alt: "", src: `/more/files/picture/${path}` });
  image.addEventListener("load", () => row.querySelector(".thumb").replaceChildren(image), { once: true });
}

if ($("all")) {
  $("all").addEventListener("change", () => {
    for (const box of boxes) box.checked = $("all").checked;
    chosen();
  });
  $("entries").addEventListener("change", chosen);
  $("download").addEventListener("click", download);
  $("delete").addEventListener("click", remove);
  $("usb").addEventListener("click", drives);
  chosen();
  pictures();
}
$("drives").addEventListener("change", choose);
for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
$("deleting").addEventListener("answered", ({ detail }) => {
  $("deleting").close();
  if (detail.ok) location.reload();
});
$("copying").addEventListener("answered", () => $("copying").close());
follow({ DriveCopy: copy });
