#!/usr/bin/env bash
# Shell scripts pass shellcheck, Python scripts pyflakes.
set -euo pipefail
cd "$TRIVIUM_ROOT"

is_bash() { [[ $1 == *.bash ]] || head -n 1 "$1" | grep -q '^#!.*bash'; }

mapfile -t files < <(find tools tests .ci docs -type f ! -name '*.[ch]pp' \
  ! -name '*.npy')
shell=() python=()
for file in "${files[@]}"; do
  if [[ $file == *.py ]]; then
    python+=("$file")
  elif is_bash "$file" 2>/dev/null; then
    shell+=("$file")
  fi
done
shellcheck -x -P . "${shell[@]}"
# Pyflakes knows no "noqa": lines that say so are let through here.
status=0
while IFS=: read -r file line rest; do
  sed -n "${line}p" "$file" | grep -q '# noqa' && continue
  echo "$file:$line:$rest"
  status=1
done < <("$TRIVIUM_PEERS" -m pyflakes "${python[@]}" || true)
exit "$status"
