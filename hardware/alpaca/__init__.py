"""ASCOM Alpaca devices, over the network."""
