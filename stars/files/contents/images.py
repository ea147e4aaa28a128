"""Pictures are drawn anew: what was hidden behind, before or inside them stays behind, place and camera too (UPL-03)."""

import io
import threading
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
    except (FileRefused, MemoryError):  # the worker has no room now (SAM-06): nothing is wrong with the picture
        raise
    except Exception as error:
        raise FileRefused(Why.BROKEN) from error


_drawing = threading.Lock()


def drawn_anew(content: IO[bytes], kind: Kind) -> bytes:
    """The picture's pixels in a new file of the same kind. Raises FileRefused for what cannot be read whole.

    One at a time in a process: the largest allowed takes 160 MB unpacked and twice that while it is turned upright or
    copied, of the 640 MB a web worker has (deploy/gunicorn.py).
    """
    with _drawing:
        return _drawn(_bare(content, kind), kind)


def _bare(content: IO[bytes], kind: Kind) -> Image.Image:
    """Nothing but pixels and their colours; every earlier copy has been let go of."""
    with _whole(content, kind) as picture:
        picture.load()
        ImageOps.exif_transpose(picture, in_place=True)  # the turn is kept, the note about it is not
        upright = picture if picture.mode in _MODES[kind.name] else picture.convert("RGB")
        bare = Image.new(upright.mode, upright.size)
        if upright.palette is not None:
            bare.putpalette(upright.palette)
        bare.paste(upright)
    return bare


def _drawn(bare: Image.Image, kind: Kind) -> bytes:
    drawn = io.BytesIO()
    if kind is JPEG:
        bare.save(drawn, "JPEG", quality=90)
    else:
        bare.save(drawn, "PNG", compress_level=1)  # quick: what is sent in one form is drawn in one request
    return drawn.getvalue()
