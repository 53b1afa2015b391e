"""FITS headers that every program in this field reads without a warning (FITS standard 4.0)."""

import math
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime

from astropy.io import fits

from appliance.errors import BadInput
from appliance.imaging.facts import SubFacts, Wcs
from hardware.devices import J2000

UNIX_EPOCH_MJD = 40587.0
LONGEST = 64  # characters of text and comment together, so that both fit on one card
KEYWORD = re.compile(r"[A-Z0-9_-]{1,8}")
# How the file is to be read, and where it points: what the writer alone knows.
RESERVED = re.compile(
    r"SIMPLE|BITPIX|NAXIS\d*|EXTEND|BSCALE|BZERO|BLANK|END|CHECKSUM|DATASUM|XTENSION|PCOUNT|GCOUNT|CONTINUE"
    r"|HIERARCH|ROWORDER|WCSAXES|CTYPE\d+|CUNIT\d+|CRPIX\d+|CRVAL\d+|CD\d_\d|RADESYS|EQUINOX|TIMESYS"
    r"|DATE-OBS|DATE-END|MJD-OBS|MJD-END|EXPTIME|EXPOSURE"
)
MANY = frozenset({"COMMENT", "HISTORY"})  # these may stand there several times
Value = str | int | float | bool
Row = tuple[str, Value | None, str]


def header(facts: SubFacts, width: int, height: int) -> fits.Header:
    """The header of a 16-bit unsigned image; a fact that is None or not finite gives no keyword."""
    made = fits.Header()
    for keyword, value, comment in _rows(facts, width, height):
        if value is not None and not (isinstance(value, float) and not math.isfinite(value)):
            if isinstance(value, str):
                value = ascii_text(value)  # noqa: PLW2901 - the same fact, spelt for FITS
                comment = comment[: max(0, LONGEST - len(_quoted(value)))]  # noqa: PLW2901
            made[keyword] = (value, comment)
    for keyword, text in facts.extra:
        _add(made, keyword, text)
    return made


def check_keyword(keyword: str) -> None:
    """BadInput for what no person may write into a header: no keyword, or one that the file needs itself."""
    if not KEYWORD.fullmatch(keyword):
        raise BadInput("keyword", f"{keyword!r} is none", advice="Use up to 8 of A to Z, 0 to 9, - and _.")
    if RESERVED.fullmatch(keyword):
        raise BadInput("keyword", f"{keyword} says how to read the file", advice="Choose another name.")


def _add(made: fits.Header, keyword: str, text: str) -> None:
    """A number as a number: programs that read it would not look into a text for one."""
    text = ascii_text(text)
    if keyword in MANY:
        made.add_comment(text) if keyword == "COMMENT" else made.add_history(text)
        return
    try:
        value: str | int | float = float(text) if "." in text or "e" in text.lower() else int(text)
    except ValueError:
        value = text
    made[keyword] = value if not isinstance(value, float) or math.isfinite(value) else text


def ascii_text(text: str) -> str:
    """The printable ASCII nearest to a text, which is all that FITS allows, and no longer than a card."""
    spelt = "".join(_spelt(letter) for letter in text.replace("Hα", "Ha").replace("Hβ", "Hb"))
    plain = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()
    text = "".join(letter for letter in plain if letter.isprintable()).strip()
    while len(_quoted(text)) > LONGEST:
        text = text[:-1].rstrip()
    return text


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def _spelt(letter: str) -> str:
    """Greek letters by name, as star catalogues do; every dash as a hyphen."""
    name = unicodedata.name(letter, "")
    if name.startswith("GREEK"):
        word = name.split(" LETTER ")[-1].split()[0]
        return word.capitalize() if "CAPITAL" in name else word.lower()
    return "-" if unicodedata.category(letter) == "Pd" else letter


def sexagesimal(degrees: float, digits: int) -> str:
    """`dd mm ss.s` with so many digits after the point, carried properly."""
    units = round(abs(degrees) * 3600 * 10**digits)
    seconds, rest = divmod(units, 10**digits)
    text = f"{seconds // 3600:02d} {seconds // 60 % 60:02d} {seconds % 60:02d}"
    return f"{text}.{rest:0{digits}d}"


def _rows(facts: SubFacts, width: int, height: int) -> Iterator[Row]:
    yield from _image(width, height)
    yield from _times(facts)
    yield from _exposure(facts)
    yield from _sensor(facts)
    yield from _equipment(facts)
    yield from _place(facts)
    if facts.wcs:
        yield from _wcs(facts.wcs)  # WCSAXES has to come before every other word on coordinates
    yield from _sky(facts)
    yield from _stars(facts)


def _image(width: int, height: int) -> Iterator[Row]:
    yield "SIMPLE", True, "conforms to the FITS standard"
    yield "BITPIX", 16, "bits per pixel"
    yield "NAXIS", 2, "number of axes"
    yield "NAXIS1", width, "[pixel] width"
    yield "NAXIS2", height, "[pixel] height"
    yield "EXTEND", True, "extensions are allowed"
    yield "BSCALE", 1, "physical = stored * BSCALE + BZERO"
    yield "BZERO", 32768, "makes 16-bit integers unsigned"
    yield "ROWORDER", "TOP-DOWN", "the first row in the file is the top row"


def _times(facts: SubFacts) -> Iterator[Row]:
    ended = facts.ended
    yield "TIMESYS", "UTC", "time scale of the dates"
    yield "DATE-OBS", _stamp(facts.started), "start of the exposure, UTC"
    yield "DATE-END", _stamp(ended) if ended else None, "end of the exposure, UTC"
    if facts.zone:
        local = facts.started.astimezone(facts.zone).replace(tzinfo=None)
        yield "DATE-LOC", local.isoformat(timespec="milliseconds"), "start of the exposure, local time"
    yield "MJD-OBS", _mjd(facts.started), "[d] start of the exposure, UTC"
    yield "MJD-END", _mjd(ended) if ended else None, "[d] end of the exposure, UTC"


def _mjd(moment: datetime) -> float:
    return UNIX_EPOCH_MJD + moment.timestamp() / 86400


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")


def _exposure(facts: SubFacts) -> Iterator[Row]:
    yield "EXPTIME", float(facts.seconds), "[s] exposure time"
    yield "EXPOSURE", float(facts.seconds), "[s] exposure time"
    yield "IMAGETYP", facts.kind.value, "kind of frame"
    yield "OBJECT", facts.target, "target"
    yield "FILTER", facts.filter, "filter"
    yield "GAIN", facts.gain, "camera gain setting"
    yield "OFFSET", facts.offset, "camera offset setting"
    yield "EGAIN", facts.electrons_per_adu, "[e-/adu] electrons per ADU"
    yield "READOUTM", facts.readout_mode, "readout mode"
    yield "CCD-TEMP", facts.celsius, "[deg C] sensor temperature"
    yield "SET-TEMP", facts.set_celsius, "[deg C] sensor temperature asked for"


def _sensor(facts: SubFacts) -> Iterator[Row]:
    if facts.stack > 1:
        yield "NCOMBINE", facts.stack, "exposures of EXPTIME that were averaged"
    yield "XBINNING", facts.binning, "binning in x"
    yield "YBINNING", facts.binning, "binning in y"
    yield "FRAMEX", facts.frame_x, "[pixel] first column on the sensor"
    yield "FRAMEY", facts.frame_y, "[pixel] first row on the sensor"
    if facts.sensor is None:
        return
    size = facts.sensor.pixel_um * facts.binning
    yield "XPIXSZ", float(size), "[um] pixel width, binning included"
    yield "YPIXSZ", float(size), "[um] pixel height, binning included"
    # Binning mixes the colours: what is left has no pattern to tell of.
    if facts.sensor.bayer and facts.binning == 1:
        yield "BAYERPAT", facts.sensor.bayer, "colour pattern"
        yield "XBAYROFF", facts.frame_x % 2, "[pixel] pattern offset in x"
        yield "YBAYROFF", facts.frame_y % 2, "[pixel] pattern offset in y"


def _equipment(facts: SubFacts) -> Iterator[Row]:
    yield "INSTRUME", facts.camera, "camera"
    yield "TELESCOP", facts.telescope, "telescope"
    yield "FOCALLEN", facts.focal_length_mm, "[mm] focal length"
    yield "APTDIA", facts.aperture_mm, "[mm] aperture diameter"
    yield "FOCUSPOS", facts.focus_position, "[step] focuser position"
    yield "FOCTEMP", facts.focus_celsius, "[deg C] temperature at the focuser"
    yield "ROTATANG", facts.rotator_deg, "[deg] rotator angle"
    yield "GUIDERMS", facts.guide_arcsec, "[arcsec] RMS error of guiding"
    yield "OBSERVER", facts.observer, "observer"
    yield "ORIGIN", "Nightbox", "where this file was made"
    yield "SWCREATE", facts.software, "software that made this file"


def _place(facts: SubFacts) -> Iterator[Row]:
    if facts.site:
        yield "SITELAT", float(facts.site.latitude_deg), "[deg] site latitude, north positive"
        yield "SITELONG", float(facts.site.longitude_deg), "[deg] site longitude, east positive"
        yield "SITEELEV", float(facts.site.elevation_m), "[m] site elevation"


def _sky(facts: SubFacts) -> Iterator[Row]:
    if facts.pointing:
        yield from _pointing(facts.pointing)
    if facts.pointing or facts.wcs:
        yield "RADESYS", "ICRS", "frame of the coordinates"
        yield "EQUINOX", 2000.0, "[yr] equinox of the coordinates"
    yield "PIERSIDE", facts.pier_side.value if facts.pier_side else None, "side of the pier the tube is on"
    yield "CENTALT", facts.altitude_deg, "[deg] altitude"
    yield "CENTAZ", facts.azimuth_deg, "[deg] azimuth, north through east"
    yield "AIRMASS", facts.airmass, "airmass"


def _pointing(at: J2000) -> Iterator[Row]:
    sign = "-" if at.dec_deg < 0 else "+"
    yield "RA", float(at.ra_deg), "[deg] right ascension, J2000"
    yield "DEC", float(at.dec_deg), "[deg] declination, J2000"
    yield "OBJCTRA", sexagesimal(at.ra_deg / 15 % 24, 2), "[h m s] right ascension, J2000"
    yield "OBJCTDEC", sign + sexagesimal(at.dec_deg, 1), "[d m s] declination, J2000"


def _stars(facts: SubFacts) -> Iterator[Row]:
    yield "QUALITY", facts.quality, "what the gate for subs found"
    if facts.stars is None:
        return
    yield "HFR", round(float(facts.stars.hfr_median), 3), "[pixel] median half-flux radius of the stars"
    yield "STARS", int(facts.stars.count), "stars detected"
    yield "STARSAT", int(facts.stars.saturated), "of those measured, so many are saturated"
    yield "SKYLEVEL", round(float(facts.stars.background), 2), "[adu] sky background"
    yield "SKYNOISE", round(float(facts.stars.noise), 3), "[adu] noise of the background"


def _wcs(wcs: Wcs) -> Iterator[Row]:
    yield "WCSAXES", 2, "number of sky axes"
    yield "CTYPE1", "RA---TAN", "right ascension, gnomonic"
    yield "CTYPE2", "DEC--TAN", "declination, gnomonic"
    yield "CUNIT1", "deg", "unit of CRVAL1"
    yield "CUNIT2", "deg", "unit of CRVAL2"
    yield "CRPIX1", float(wcs.crpix[0]), "[pixel] reference pixel"
    yield "CRPIX2", float(wcs.crpix[1]), "[pixel] reference pixel"
    yield "CRVAL1", float(wcs.crval.ra_deg), "[deg] right ascension there"
    yield "CRVAL2", float(wcs.crval.dec_deg), "[deg] declination there"
    for row in (1, 2):
        for column in (1, 2):
            yield f"CD{row}_{column}", float(wcs.cd[row - 1][column - 1]), "[deg] degrees per pixel"
