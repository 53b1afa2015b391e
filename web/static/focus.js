// Focus: the newest V-curve, the triggers, the wizards.

import { focus } from "./curve.js";
import * as focusing from "./focusing.js";
import { follow } from "./live.js";

follow(
  {
    FocusState: (state) => {
      focus(state);
      focusing.drawn();
    },
    FocusTriggers: focusing.triggers,
    FocusWizard: focusing.wizard,
  },
  { snapshot: focusing.clear },
);
