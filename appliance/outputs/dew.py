"""How much heat keeps dew away."""

from math import log

# Coefficients of the Magnus formula over water: O. A. Alduchov and R. E. Eskridge, "Improved Magnus form
# approximation of saturation vapor pressure", J. Appl. Meteor. 35 (1996) 601-609, equation 21.
MAGNUS_A, MAGNUS_B_CELSIUS = 17.625, 243.04
DRIEST_PERCENT = 0.1  # a sensor that says 0 is at its end; there is no dew either way


def dew_point_celsius(celsius: float, humidity_percent: float) -> float:
    """The temperature at which air of this temperature and relative humidity (over water) becomes saturated.

    Magnus formula with the coefficients of Alduchov and Eskridge (1996): within 0.4 % of the saturation
    pressure from -40 to 50 °C.
    """
    humidity = min(100.0, max(DRIEST_PERCENT, humidity_percent))
    gamma = log(humidity / 100) + MAGNUS_A * celsius / (MAGNUS_B_CELSIUS + celsius)
    return MAGNUS_B_CELSIUS * gamma / (MAGNUS_A - gamma)


def heat(spread_celsius: float, full_within: float, off_above: float) -> float:
    """0 to 1 for glass that is `spread_celsius` above the dew point.

    Full up to `full_within`, nothing from `off_above`, linear between; `full_within` is less than that.
    """
    return min(1.0, max(0.0, (off_above - spread_celsius) / (off_above - full_within)))
