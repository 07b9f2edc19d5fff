"""The sample model reads what the rendered lines show, so that a golden set
recorded from them means something."""

import os
import pathlib
import sys

import numpy
import onnxruntime

models = pathlib.Path(os.environ["TRIVIUM_MODELS"])
lines = models / "text_lines"

session = onnxruntime.InferenceSession(models / "PP-OCRv6_rec_small.onnx")
characters = session.get_modelmeta().custom_metadata_map["character"]
alphabet = ["", *characters.split("\n"), " "]  # class 0 is CTC's blank


def read(image):
    (scores,) = session.run(None, {"x": image})
    best = scores[0].argmax(axis=1)
    changes = best[numpy.insert(best[1:] != best[:-1], 0, True)]
    return "".join(alphabet[index] for index in changes)


texts = (models / "text_lines.txt").read_text(encoding="utf-8").splitlines()
wrong = []
for number, text in enumerate(texts, 1):
    seen = read(numpy.load(lines / f"line_{number:02}.npy"))
    if seen != text:
        wrong.append(f"line {number}: read {seen!r}, drawn {text!r}")

if wrong:
    print("\n".join(wrong))
sys.exit(1 if wrong else 0)
