"""What the box does; knows no wire protocol, no pin and no vendor library."""
