"""The built-in rig: one simulated sky shared by every device, on the clock of the event loop."""
