"""Single devices by hand: typed commands for every surface, each a job over the rig.

None runs while something else has the same device; mount, roof and cover ask the interlock as ever.
"""
