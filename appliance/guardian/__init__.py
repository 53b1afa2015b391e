"""The guardian: a small process that makes the rig safe when the controller has died.

It shares no code with the controller: Python's standard library only (docs/adr/0010). What the two say to
each other is in files, described in docs/adr/0010.
"""
