"""Words that the box puts into its sentences one at a time, where the sources show no sentence of them.

They are translated where they stand alone in a gap or between joints, so no name or code may be among them.
"""

from web.i18n import N_

QUANTITIES = (
    N_("rain"), N_("wind"), N_("gusts"), N_("clouds"), N_("humidity"), N_("rain, {0} mm/h"),
    N_("rain {0} mm/h, {1} allowed"), N_("rain {0} mm/h, not yet below {1}"),
    N_("wind {0} m/s, {1} allowed"), N_("wind {0} m/s, not yet below {1}"),
    N_("gusts {0} m/s, {1} allowed"), N_("gusts {0} m/s, not yet below {1}"),
    N_("clouds {0} %, {1} allowed"), N_("clouds {0} %, not yet below {1}"),
    N_("humidity {0} %, {1} allowed"), N_("humidity {0} %, not yet below {1}"),
    N_("sky {0} mag/arcsec², {1} needed"), N_("sky {0} mag/arcsec², not yet above {1}"),
)  # fmt: skip
# A deed, when it was, and what follows: in the source all three are gaps with only a space between them.
FAILED_DEEDS = (
    N_("Could not park the mount {0}, {1}: {2}"), N_("could not park the mount {0}: {1}"),
    N_("Could not close the roof {0}, {1}: {2}"), N_("could not close the roof {0}: {1}"),
    N_("Could not open the roof {0}, {1}: {2}"), N_("could not open the roof {0}: {1}"),
    N_("Could not close the cover {0}, {1}: {2}"), N_("could not close the cover {0}: {1}"),
    N_("Could not warm the camera {0}, {1}: {2}"), N_("could not warm the camera {0}: {1}"),
)  # fmt: skip
DARKNESS = (N_("astronomical"), N_("nautical"), N_("civil"), N_("dusk"), N_("dawn"))
HOW_OFTEN = (N_("first"), N_("second"), N_("third"), N_("fourth"), N_("another"))
DEEDS = (N_("Cooling"), N_("Warming"), N_("before"), N_("after"), N_("yes"), N_("no"))
