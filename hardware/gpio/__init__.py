"""Everything on the Raspberry Pi's header, by gpiozero, and the health of the Pi itself."""
