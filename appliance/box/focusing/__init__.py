"""What the focus screen asks of the box: how focus is set up, what was learned, what was done."""
