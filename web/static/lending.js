// Who has which device; lending one to a program that is connected, and taking it back.

import { el, lamp, press, renew, rows } from "./build.js";
import { $, say, show, tone } from "./draw.js";
import { follow } from "./live.js";
import { t } from "./words.js";

const BY = { safety: [t("Safety"), "warn"], procedure: [t("The box"), "busy"], client: [t("A program"), "good"] };
const truth = { leases: null, devices: [] };

const make = () => el("li", { class: "row" }, el("div", { class: "row-head" }, el("div", {}, el("b"), el("small")), lamp()), el("div", { class: "choices" }));

function draw(line, owned) {
  const [words, how] = BY[owned.by] ?? [owned.by, "unknown"];
  say(line.querySelector(".row-head b"), owned.device);
  say(line.querySelector("small"), owned.waits ? t("{owner}; then {client}", owned) : owned.owner + (owned.lent ? t(", lent") : ""));
  tone(line.querySelector(".lamp"), how);
  say(line.querySelector(".lamp b"), words);
  renew(line.querySelector(".choices"), [owned, truth.leases.clients], () => choices(owned));
}

function choices(owned) {
  if (owned.client) return [press(t("Take back"), "lease_take_back", { device: owned.device })];
  return owned.by === "safety" ? [] : lend(owned.device);
}

const lend = (device) => truth.leases.clients.map((client) => press(t("Lend to {client}", { client }), "lease_grant", { device, client }));

function free(line, device) {
  say(line.querySelector(".row-head b"), device.name);
  say(line.querySelector("small"), device.kind);
  tone(line.querySelector(".lamp"), "off");
  say(line.querySelector(".lamp b"), t("Free"));
  renew(line.querySelector(".choices"), [device, truth.leases.clients], () => lend(device.kind));
}

function all() {
  if (!truth.leases) return;
  const { devices, clients } = truth.leases;
  say("lending-clients", clients.length ? t("Connected: {clients}", { clients: clients.join(", ") }) : t("No other program is connected"));
  show("owned-none", devices.length === 0);
  rows($("owned"), devices, (one) => one.device, make, draw);
  const taken = new Set(devices.map((one) => one.device));
  const left = truth.devices.filter((one) => !taken.has(one.name));
  show("lend", clients.length > 0 && left.length > 0);
  rows($("lend-list"), left, (one) => one.kind, make, free);
}

follow({
  LeasesState: (state) => ((truth.leases = state), all()),
  RigState: (state) => ((truth.devices = state.devices), all()),
});
