"""Screenshots: read, keep, compare."""

from PIL import Image, ImageChops

# A page is recognised in squares of CELL pixels: a square agrees when no colour of its mean is
# further away than COLOUR_TOLERANCE (of 255); the page is there when the share AGREEMENT of its
# squares agrees. The clock, dates and masked names differ between two visits, a page does not.
CELL = 12
COLOUR_TOLERANCE = 24
AGREEMENT = 0.96
# Two pictures of a page on which nothing but a hint or a clock moves.
STILL = 0.99


def load(path):
    with Image.open(path) as image:
        return image.convert("RGB")


def cells(image):
    """The picture in squares of CELL pixels."""
    return image.resize((image.width // CELL, image.height // CELL), Image.Resampling.BOX)


def same(image, other):
    """Alike in every pixel."""
    return image.size == other.size and ImageChops.difference(image, other).getbbox() is None


def is_blank(image):
    """One colour all over: no picture yet."""
    return all(low == high for low, high in image.getextrema())


def agreement(image, reference):
    """Share of the squares (0 to 1) in which two pictures agree. The reference may already be in
    squares."""
    small = cells(image)
    if reference.size != small.size:
        reference = cells(reference)
    if reference.size != small.size:
        return 0.0
    red, green, blue = ImageChops.difference(small, reference).split()
    worst = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return sum(worst.histogram()[: COLOUR_TOLERANCE + 1]) / (small.width * small.height)
