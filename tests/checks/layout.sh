#!/usr/bin/env bash
# clang-format decides layout; it changes between versions, so only 14 counts.
set -euo pipefail
cd "$TRIVIUM_ROOT"

if ! command -v clang-format-14 >/dev/null; then
  echo "clang-format-14 is not installed"
  exit 77
fi
find messages config storage accelerators actors tools tests \
  -name '*.hpp' -print0 -o -name '*.cpp' -print0 -o -name '*.cu' -print0 \
  | xargs -0 -n 40 -P 2 clang-format-14 --dry-run -Werror
