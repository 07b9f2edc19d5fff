"""One script, many claims: each a function whose name says what must hold."""

import faulthandler
import pathlib
import shutil
import sys
import tempfile
import traceback

SKIPPED = 77
_claims = []


class Skip(Exception):
    """Why a claim cannot be looked at here."""


def claim(function):
    """Registers `function(folder)`; its folder is new and removed after it."""
    _claims.append(function)
    return function


def _look_at(function):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="trivium-scenario-"))
    folder.chmod(0o755)
    try:
        function(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main():
    """Looks at all claims, or at those whose name holds the first argument
    that is no option."""
    faulthandler.enable()  # a library that crashes says where
    word = next((a for a in sys.argv[1:] if not a.startswith("-")), "")
    wanted = [claim for claim in _claims if word in claim.__name__]
    if not wanted:
        print(f"no claim is named like {word!r}")
        return 1
    failures = 0
    reasons = []
    for function in wanted:
        try:
            _look_at(function)
        except Skip as reason:
            reasons.append(f"{function.__name__}: {reason}")
        except Exception:  # the other claims are looked at all the same
            failures += 1
            print(f"--- {function.__name__}\n{traceback.format_exc()}",
                  flush=True)
    if failures:
        print(f"{failures} of {len(wanted)} claims do not hold")
        return 1
    if reasons:
        print("; ".join(reasons))
        return SKIPPED
    return 0
