#!/usr/bin/env python3
# trivium-test: serial timeout=600
"""What README.md and the pages of docs/ tell to type works.

Blocks under the comment <!-- checked --> run, all of a page in order in one
shell, in an empty folder, with a store of their own: a line that begins with
`$ ` is a command, `> ` continues it, anything else is what it printed and not
compared. `tools/…` and `trivium` are those of this checkout. A command that is
meant to fail says so: `$ trivium pull …   # exit 1`.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(os.environ["TRIVIUM_ROOT"])
BLOCK = re.compile(
    r"^<!-- checked -->\n+```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
EXIT = re.compile(r"\s+# exit (\d+)$")


def commands(page):
    for block in BLOCK.findall(page.read_text(encoding="utf-8")):
        command = ""
        for line in block.splitlines():
            if line.startswith("$ "):
                if command:
                    yield command
                command = line[2:]
            elif line.startswith("> ") and command:
                command += "\n" + line[2:]
        if command:
            yield command


def script(page):
    """One shell script that ends at the first command that went otherwise."""
    # What still runs then would keep whoever reads its output waiting.
    yield "trap 'kill $(jobs -p) 2>/dev/null' EXIT\n"
    for command in commands(page):
        wanted = EXIT.search(command)
        plain = EXIT.sub("", command)
        yield (f"{plain}\n"
               f"status=$?; [ $status = {wanted.group(1) if wanted else 0} ] "
               f"|| {{ echo \"exit $status:\"; cat <<'COMMAND'\n"
               f"{command}\nCOMMAND\nexit 1; }}\n")


def run(page, folder):
    # Written `tools/run`, they are called from an empty folder beside a link.
    (folder / "tools").symlink_to(ROOT / "tools")
    (folder / "build").symlink_to(ROOT / "build")
    path = f"{os.environ['TRIVIUM_BUILD']}/bin:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", "".join(script(page))], cwd=folder, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PATH": path, "TRIVIUM_STORE": str(folder / "store")})


def main():
    checked = 0
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        if not page.is_file() or not any(commands(page)):
            continue
        checked += 1
        with tempfile.TemporaryDirectory() as folder:
            done = run(page, pathlib.Path(folder))
        if done.returncode:
            print(f"{page.relative_to(ROOT)}:\n{done.stdout}")
            return 1
    if not checked:
        print("no page has a block marked <!-- checked -->")
        return 77
    return 0


if __name__ == "__main__":
    sys.exit(main())
