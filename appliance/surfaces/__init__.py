"""Ways in and out of the box."""
