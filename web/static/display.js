// Red light, language, units: kept in cookies, shown at once.

import { $ } from "./draw.js";
import { light } from "./light.js";
import { remember } from "./prefs.js";

for (const group of document.querySelectorAll("[data-preference]")) {
  group.addEventListener("change", ({ target }) => {
    remember(group.dataset.preference, target.value);
    if (group.dataset.preference === "light") light(target.value);
    else location.reload();
  });
}

$("phone-name").addEventListener("change", ({ target }) => remember("phone_name", target.value.trim()));
