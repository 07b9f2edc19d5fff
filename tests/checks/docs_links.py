#!/usr/bin/env python3
"""Links between our Markdown pages lead somewhere: the file exists, and the
heading where the link names one. Addresses on the network are not asked.
"""

import os
import pathlib
import re
import sys
import urllib.parse

ROOT = pathlib.Path(os.environ["TRIVIUM_ROOT"])
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)")


def pages():
    yield from sorted(ROOT.glob("*.md"))
    yield from sorted((ROOT / "docs").rglob("*.md"))


def prose(page):
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors(page):
    """The names that a heading gets: lower case, without punctuation."""
    for heading in re.findall(r"^#+ +(.*)$", prose(page), re.MULTILINE):
        plain = re.sub(r"[^\w\- ]", "", heading.strip().lower())
        yield plain.replace(" ", "-")


def complaints(page):
    for link in LINK.findall(CODE.sub("", prose(page))):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = urllib.parse.unquote(link).partition("#")
        target = (page.parent / path) if path else page
        name = page.relative_to(ROOT)
        if not target.exists():
            yield f"{name}: {link}: no such file"
        elif anchor and target.suffix == ".md" and (
                anchor not in anchors(target)):
            yield f"{name}: {link}: no such heading"


def main():
    found = [line for page in pages() for line in complaints(page)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
