"""How Nightbox reaches devices: Protocols, one folder per way in, one file per device kind."""
