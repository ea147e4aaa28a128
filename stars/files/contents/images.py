"""Pictures are drawn anew: what was hidden behind, before or inside them stays behind, place and camera too (UPL-03)."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from PIL import Image, ImageOps

from stars.files.errors import FileRefused, Why

from .kinds import JPEG, Kind

MOST_PIXELS = 40_000_000  # asked of the header, before a pixel is unpacked
_MODES = {"PNG": {"1", "L", "LA", "P", "RGB", "RGBA"}, "JPG": {"L", "RGB"}}
_LAST = {"PNG": b"IEND\xaeB`\x82", "JPG": b"\xff\xd9"}  # without it the picture was cut off
_FORMAT = {"PNG": "PNG", "JPG": "JPEG"}


def check_picture(content: IO[bytes], kind: Kind) -> None:
    """One whole picture of this kind and of a bearable size, by its header; nothing is drawn. Raises FileRefused."""
    with _whole(content, kind):
        pass


@contextmanager
def _whole(content: IO[bytes], kind: Kind) -> Iterator[Image.Image]:
    """The picture, opened but not unpacked; whatever is odd about it is a refusal."""
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
            yield picture
    except FileRefused:
        raise
    except Exception as error:
        raise FileRefused(Why.BROKEN) from error


def drawn_anew(content: IO[bytes], kind: Kind) -> bytes:
    """The picture's pixels in a new file of the same kind. Raises FileRefused for what cannot be read whole."""
    with _whole(content, kind) as picture:
        upright = ImageOps.exif_transpose(picture)  # the turn is kept, the note about it is not
        upright.load()
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
