"""Pictures are drawn anew: what was hidden behind, before or inside them stays behind, place and camera too (UPL-03)."""

import io
import warnings
from typing import IO

from PIL import Image, ImageOps

from stars.files.errors import FileRefused, Why

from .kinds import JPEG, Kind

MOST_PIXELS = 40_000_000  # asked of the header, before a pixel is unpacked
_MODES = {"PNG": {"1", "L", "LA", "P", "RGB", "RGBA"}, "JPG": {"L", "RGB"}}
_LAST = {"PNG": b"IEND\xaeB`\x82", "JPG": b"\xff\xd9"}  # without it the picture was cut off
_FORMAT = {"PNG": "PNG", "JPG": "JPEG"}


def drawn_anew(content: IO[bytes], kind: Kind) -> bytes:
    """The picture's pixels in a new file of the same kind. Raises FileRefused for what cannot be read whole."""
    content.seek(0)
    if _LAST[kind.name] not in content.read():
        raise FileRefused(Why.BROKEN)
    content.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            picture = Image.open(content, formats=[_FORMAT[kind.name]])
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise FileRefused(Why.PIXELS)
            if getattr(picture, "n_frames", 1) != 1:
                raise FileRefused(Why.BROKEN)
            upright = ImageOps.exif_transpose(picture)  # the turn is kept, the note about it is not
            upright.load()
    except FileRefused:
        raise
    except Exception as error:
        raise FileRefused(Why.BROKEN) from error
    if upright.mode not in _MODES[kind.name]:
        upright = upright.convert("RGB")
    bare = Image.new(upright.mode, upright.size)
    if upright.palette is not None:
        bare.putpalette(upright.palette)
    bare.paste(upright)
    drawn = io.BytesIO()
    if kind is JPEG:
        bare.save(drawn, "JPEG", quality=90)
    else:
        bare.save(drawn, "PNG")
    return drawn.getvalue()
