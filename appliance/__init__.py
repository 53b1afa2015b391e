"""What the box does; knows no wire protocol, no pin and no vendor library."""

__version__ = "0.1.0"
