"""Image scale."""

ARCSEC_PER_RADIAN = 206_264.806


def arcsec_per_pixel(focal_length_mm: float, pixel_um: float) -> float:
    """Arcseconds per (binned) pixel: 206264.8 · pixel / focal length."""
    return ARCSEC_PER_RADIAN * pixel_um / (focal_length_mm * 1000.0)
