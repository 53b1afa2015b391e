"""The box's own devices, as INDI shows them: made anew from what is true, told to whoever asked."""
