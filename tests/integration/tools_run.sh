#!/usr/bin/env bash
# trivium-test: serial
# tools/run as its user meets it, short of a bare machine.
set -uo pipefail
failed=0

expect() { # WHAT, then a condition as a command
  local what=$1
  shift
  "$@" || { echo "not so: $what"; failed=1; }
}

# shellcheck disable=SC2317 # called through expect
contains() { [[ $1 == *"$2"* ]]; }

# What a second start must not call.
stubs=$TMPDIR/stubs
mkdir "$stubs"
for tool in apt-get dpkg-query dpkg cmake python3 pip curl; do
  printf '#!/bin/sh\necho "%s was called" >&2\nexit 99\n' "$tool" \
    >"$stubs/$tool"
  chmod +x "$stubs/$tool"
done

# Without a network where the kernel lets us, from elsewhere, through a link.
alone=() unseen=
if unshare -n true 2>/dev/null; then
  alone=(unshare -n)
else
  unseen="that it starts offline was not seen: unshare -n is not permitted"
fi
ln -s "$TRIVIUM_ROOT/tools/run" "$TMPDIR/elsewhere"
start() {
  (cd / && PATH=$stubs:$PATH "${alone[@]}" "$TMPDIR/elsewhere" version 2>&1)
}

least=999999
for _ in 1 2 3; do
  before=$(date +%s%N)
  said=$(start)
  status=$?
  took=$((($(date +%s%N) - before) / 1000000))
  ((took < least)) && least=$took
done
expect "starts again${alone:+ offline}, calling nothing: $said" \
  [ "$status" = 0 ]
expect "prints trivium's words alone: $said" contains "$said" trivium
expect "starts within 2 s: $least ms" [ "$least" -lt 2000 ]

# A checkout of its own, in which one package is missing.
copy="$TMPDIR/a copy"
mkdir "$copy"
cp -r "$TRIVIUM_ROOT/tools" "$copy/"
echo package-that-nobody-has >>"$copy/tools/setup/packages-run.txt"
chmod -R a+rX "$TMPDIR"
chmod a+w "$copy"
user=()
((EUID != 0)) || user=(setpriv --reuid=65534 --regid=65534 --clear-groups)

said=$("${user[@]}" "$copy/tools/run" version 2>&1)
status=$?
expect "a missing package ends it with status 1, not $status" [ "$status" = 1 ]
expect "one line names the command: $said" [ "$(wc -l <<<"$said")" = 1 ]
expect "the command names the package: $said" \
  contains "$said" "apt-get install --no-install-recommends"
expect "the command names the package: $said" \
  contains "$said" package-that-nobody-has

"${user[@]}" "$copy/tools/run" --clean
expect "--clean leaves nothing that was made" [ "$(ls -A "$copy")" = tools ]

if ((EUID == 0)); then
  mkdir "$copy/build"
  said=$("${user[@]}" "$copy/tools/run" version 2>&1)
  expect "another user's build/ is named: $said" \
    contains "$said" "cannot write to $copy/build"
fi
if ((failed == 0)) && [[ -n $unseen ]]; then
  echo "$unseen"
  exit 77
fi
exit "$failed"
