"""Dew heaters and 12 V outputs: set as a person wants them, or warmed as the dew point asks, all night."""
