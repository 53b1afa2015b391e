// The page of one picture: the viewer in the page, without a dialog around it.

import { $ } from "./draw.js";
import { follow } from "./live.js";
import { Viewer } from "./viewer.js";

const place = $("image");
const viewer = new Viewer((sub) => history.replaceState(null, "", `/image/${sub}`));
place.replaceChildren(viewer.place);
viewer.open(Number(place.dataset.sub));
follow({}, {});
