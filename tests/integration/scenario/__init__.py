"""What the end-to-end scripts share: claims, the program, made models.

Importing it moves the script into the peers' environment (onnx, gguf, numpy).
"""

import os
import pathlib
import sys

_peers = os.environ.get("TRIVIUM_PEERS", "")
if _peers:
    _peers = os.path.abspath(_peers)  # not resolved: it is a link
    if pathlib.Path(sys.prefix) != pathlib.Path(_peers).parents[1]:
        os.execv(_peers, [_peers, *sys.argv])
