"""The app's two icons, drawn: the mark of the page (`adapters/web/static/icon.svg`) as Teams wants it. Pure.

A shape is a distance: how far a point is outside of it, negative inside, in pixels. What lies within half a pixel of an
edge is covered in part, which is what makes the edges smooth.
"""

import struct
import zlib
from collections.abc import Callable, Sequence
from itertools import pairwise
from math import hypot

COLOR_SIZE, OUTLINE_SIZE = 192, 32
"""Pixels of each side: what Teams takes."""
ACCENT = "#0B6E5F"

Shape = Callable[[float, float], float]
Colour = tuple[int, int, int]
Layer = tuple[Shape, Colour]
Point = tuple[float, float]

_WHITE, _SEA, _AMBER = (255, 255, 255), (126, 194, 180), (224, 148, 44)
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RGBA = 6


def color_png() -> bytes:
    """192 × 192: a white bubble with three bars on our green, filled to the corners, which Teams rounds itself."""
    green = (int(ACCENT[1:3], 16), int(ACCENT[3:5], 16), int(ACCENT[5:7], 16))

    def everywhere(x: float, y: float) -> float:
        return -1.0

    # Teams may cut all but the middle 120 pixels: the bubble is 112 wide.
    body, tail, bars = _mark(2.0, 32.0, 30.6)
    layers = [(everywhere, green), (body, _WHITE), (tail, _WHITE), *zip(bars, (_SEA, green, _AMBER), strict=True)]
    return png(COLOR_SIZE, layers)


def outline_png() -> bytes:
    """32 × 32: the same in white lines on nothing."""
    body, tail, bars = _mark(0.5, 0.0, -0.25)
    return png(OUTLINE_SIZE, [(shape, _WHITE) for shape in (_line(body, 2.0), tail, *bars)])


def png(size: int, layers: Sequence[Layer]) -> bytes:
    """A square picture of layers over each other on nothing, as a PNG file."""
    rows = b"".join(b"\0" + b"".join(bytes(_pixel(layers, x + 0.5, y + 0.5)) for x in range(size)) for y in range(size))
    header = struct.pack(">IIBBBBB", size, size, 8, _RGBA, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def size_of(content: bytes) -> tuple[int, int] | None:
    """The width and the height of a PNG file; None of anything else."""
    if not content.startswith(_SIGNATURE) or content[12:16] != b"IHDR" or len(content) < 24:
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _mark(scale: float, left: float, top: float) -> tuple[Shape, Shape, list[Shape]]:
    """The bubble, its tail and its bars, in the units of the page's mark, which is 64 wide."""

    def place(x: float, y: float) -> Point:
        return left + x * scale, top + y * scale

    body = _box(place(4, 6), 56 * scale, 44 * scale, 10 * scale)
    tail = _corners([place(14, 47), place(32, 48.5), place(14.6, 60.4), place(14, 47)])
    bars = [
        _box(place(x, 40 - height), 7 * scale, height * scale, 2 * scale)
        for x, height in ((17, 13), (28.5, 19), (40, 25))
    ]
    return body, tail, bars


def _box(corner: Point, width: float, height: float, radius: float) -> Shape:
    """A rectangle with round corners."""
    middle_x, middle_y = corner[0] + width / 2, corner[1] + height / 2
    inner_x, inner_y = width / 2 - radius, height / 2 - radius

    def distance(x: float, y: float) -> float:
        beside, below = abs(x - middle_x) - inner_x, abs(y - middle_y) - inner_y
        return hypot(max(beside, 0.0), max(below, 0.0)) + min(max(beside, below), 0.0) - radius

    return distance


def _corners(corners: Sequence[Point]) -> Shape:
    """What is within all its sides: corners clockwise, the first once more at the end."""
    sides = [
        ((end[1] - start[1]) / length, (start[0] - end[0]) / length, start)
        for start, end in pairwise(corners)
        if (length := hypot(end[0] - start[0], end[1] - start[1]))
    ]
    return lambda x, y: max(nx * (x - start[0]) + ny * (y - start[1]) for nx, ny, start in sides)


def _line(shape: Shape, width: float) -> Shape:
    """The edge of a shape, drawn inwards."""
    return lambda x, y: max(shape(x, y), -shape(x, y) - width)


def _pixel(layers: Sequence[Layer], x: float, y: float) -> tuple[int, int, int, int]:
    red = green = blue = alpha = 0.0
    for shape, colour in layers:
        covered = min(1.0, max(0.0, 0.5 - shape(x, y)))
        if covered:
            # A layer over what is there already, both with their share.
            left = alpha * (1 - covered)
            alpha = covered + left
            red, green, blue = (
                (new * covered + old * left) / alpha for new, old in zip(colour, (red, green, blue), strict=True)
            )
    return round(red), round(green), round(blue), round(255 * alpha)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
