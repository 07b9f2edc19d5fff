#!/usr/bin/env python3
"""Draws text lines as the sample's recognition network wants to see them.

    render_text_lines.py FOLDER

Writes line_01.npy and so on: f32 [1, 3, 48, W], channels in the order blue,
green, red, (x / 255 - 0.5) / 0.5, W a multiple of 8 and at least 320, as
PP-OCR pads. FOLDER.txt says what each shows. Pillow brings the font; with its
version pinned the bytes are the same everywhere.
"""

import os
import pathlib
import shutil
import sys

import numpy
from PIL import Image, ImageDraw, ImageFont

HEIGHT = 48
LEAST_WIDTH = 320
MARGIN = 12

# (text, font size, ink, paper): sizes, contrasts and colours as scans have.
LINES = [
    ("The quick brown fox jumps", 30, (0, 0, 0), (255, 255, 255)),
    ("Invoice No. 2024-00371", 32, (20, 20, 60), (250, 248, 240)),
    ("Total: 1,249.50 EUR", 34, (60, 0, 0), (255, 255, 255)),
    ("SERIAL 8F3A-77C0-B41E", 28, (240, 240, 240), (30, 30, 30)),
    ("Departure 18:45, platform 7", 30, (255, 210, 0), (0, 20, 70)),
    ("weights & measures (kg/m3)", 31, (70, 70, 70), (215, 215, 215)),
    ("https://example.org/a?b=1", 29, (0, 0, 180), (255, 255, 255)),
    ("Room 42", 36, (255, 255, 255), (150, 20, 20)),
    ("Pack my box with five dozen jugs", 27, (10, 60, 10), (235, 250, 235)),
    ("+49 30 1234 5678", 33, (0, 0, 0), (255, 250, 200)),
    ("Quantized, verified, deployed", 30, (40, 0, 60), (245, 240, 255)),
    ("0123456789 abcdefghij", 32, (0, 0, 0), (200, 220, 240)),
]


def draw(text, size, ink, paper):
    # Basic: the other layout engine depends on a library outside the wheel.
    font = ImageFont.load_default(size=size).font_variant(
        layout_engine=ImageFont.Layout.BASIC)
    left, top, right, bottom = font.getbbox(text)
    width = max(LEAST_WIDTH, -(-(right - left + 2 * MARGIN) // 8) * 8)
    image = Image.new("RGB", (int(width), HEIGHT), paper)
    at = (MARGIN - left, (HEIGHT - (bottom - top)) / 2 - top)
    ImageDraw.Draw(image).text(at, text, fill=ink, font=font)
    return image


def as_input(image):
    blue_green_red = numpy.asarray(image, numpy.float32)[:, :, ::-1]
    planes = numpy.transpose(blue_green_red, (2, 0, 1))[None]
    return numpy.ascontiguousarray((planes / 255 - 0.5) / 0.5, numpy.float32)


def main(arguments):
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    target = pathlib.Path(arguments[0])
    fresh = target.with_name(target.name + ".partial")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for number, line in enumerate(LINES, 1):
        numpy.save(fresh / f"line_{number:02}.npy", as_input(draw(*line)))
    texts = "".join(f"{line[0]}\n" for line in LINES)
    target.with_name(target.name + ".txt").write_text(texts, encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    os.rename(fresh, target)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
