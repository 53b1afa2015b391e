"""The box as a computer: its log, its network, what it is made of."""
