# shellcheck shell=bash disable=SC2154 # $root comes from the sourcing script
# Sourced by tools/run, tools/test and tools/bench: brings this machine and
# build/ to the point where trivium can be built. Each step leaves its mark last,
# so that an interrupted one is done again. Needs $root, the top of the sources.

build=$root/build
setup=$root/tools/setup
python=$build/python/bin/python
sample_model=$build/models/PP-OCRv6_rec_small.onnx
sample_golden=$build/models/golden/ppocr_rec

# Other checkouts of the same sources share what the compiler cache holds.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

# Progress goes to stderr: stdout belongs to trivium.
say() { printf '%s\n' "$*" >&2; }

die() {
  say "tools/$(basename "$(readlink -f "$0")"): $*"
  exit 1
}

# step TITLE LOG COMMAND...: one line on the screen, the rest in build/log.
# COMMAND runs with errexit off: a function joins its commands with && itself.
step() {
  local title=$1 log=$build/log/$2.log start=$SECONDS
  shift 2
  mkdir -p "$build/log"
  say "$title …"
  if ! "$@" >"$log" 2>&1 </dev/null; then
    # Without ninja's count of what went well.
    sed -E '/^\[[0-9]+\/[0-9]+\] /d' "$log" | tail -n 40 >&2
    die "failed: $title (all of it: $log)"
  fi
  ((SECONDS - start < 10)) || say "  $((SECONDS - start)) s"
}

# One set-up or build at a time in a checkout; unlock when trivium starts.
lock() {
  mkdir -p "$build" 2>/dev/null || true
  [[ -w $build ]] || die "$(id -un) cannot write to $build"
  exec {lock_fd}>"$build/.lock"
  if ! flock -n "$lock_fd"; then
    say "waiting for another build in $build …"
    flock "$lock_fd"
  fi
}

unlock() { exec {lock_fd}>&-; }

os_version() { (. /etc/os-release && echo "${ID:-linux} ${VERSION_ID:-0}"); }

# What the set-up was made from; the place counts, as environments and CMake's
# cache hold absolute paths.
setup_fingerprint() {
  {
    printf '%s\n' "$root" "$(os_version)" "$(uname -m)"
    cat "$setup"/packages-run.txt "$setup"/requirements-python.txt \
      "$root"/tools/sample/*.py
  } | sha256sum | cut -d' ' -f1
}

list_of() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$@"; }

apt_install() {
  export DEBIAN_FRONTEND=noninteractive
  dpkg --configure -a \
    && apt-get -o Acquire::Retries=3 update \
    && apt-get -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 \
      install -y --no-install-recommends "$@"
}

# install_packages FILE...: what the lists name and dpkg does not know.
install_packages() {
  [[ ${TRIVIUM_PACKAGES:-} != skip ]] || return 0
  local wanted present missing
  mapfile -t wanted < <(list_of "$@" | sort -u)
  command -v dpkg-query >/dev/null \
    || die "no dpkg here: install what $* name," \
      "then set TRIVIUM_PACKAGES=skip"
  present=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' \
    "${wanted[@]}" 2>/dev/null | sed -n 's/^installed //p' | sort -u) || true
  mapfile -t missing < <(comm -23 <(printf '%s\n' "${wanted[@]}") \
    <(printf '%s\n' "$present"))
  ((${#missing[@]})) || return 0
  if ((EUID != 0)); then
    say "apt-get install --no-install-recommends ${missing[*]}"
    exit 1
  fi
  step "installing ${#missing[@]} packages" apt apt_install "${missing[@]}"
}

# make_environment NAME: build/NAME from requirements-NAME.txt.
make_environment() {
  local folder=$build/$1 list=$setup/requirements-$1.txt mark
  mark=$(cat "$list" <(printf '%s\n' "$folder") | sha256sum)
  [[ -f $folder/.made && $(<"$folder/.made") == "$mark" ]] && return 0
  step "installing $(list_of "$list" | wc -l) Python packages into build/$1" \
    "$1" fill_environment "$folder" "$list"
  printf '%s\n' "$mark" >"$folder/.made"
}

fill_environment() {
  local system=/usr/bin/python3 # Debian's, whatever else PATH holds
  [[ -x $system ]] || system=python3
  rm -rf "$1" \
    && "$system" -m venv "$1" \
    && "$1/bin/python" -m pip install --only-binary :all: --retries 5 -r "$2"
}

# How many compilers at once: a CAF file takes up to 1.5 GB.
jobs() {
  local cores free_kb
  cores=$(nproc)
  free_kb=$(sed -n 's/^MemAvailable: *\([0-9]*\).*/\1/p' /proc/meminfo)
  local by_memory=$((free_kb / 1500000))
  ((by_memory >= 1)) || by_memory=1
  echo "${TRIVIUM_BUILD_JOBS:-$((cores < by_memory ? cores : by_memory))}"
}

# configure PRESET [-D...]
configure() {
  local preset=$1
  shift
  step "configuring ($preset)" "configure-$preset" \
    cmake -S "$root" --preset "$preset" "$@"
}

# What was configured where the sources were before is of no use.
forget_moved_build() {
  local cache=$build/$1/CMakeCache.txt
  [[ -f $cache ]] || return 0
  grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$cache" \
    || rm -rf "${build:?}/$1"
}

# build_targets TITLE PRESET [TARGET...]: without TARGET everything. Silent where
# ninja, asked within 0.1 s, has nothing to do.
build_targets() {
  local title=$1 preset=$2
  shift 2
  ninja -C "$build/$preset" -n "$@" 2>/dev/null | grep -q 'no work to do' \
    && return 0
  step "$title" "build-$preset" compile "$preset" "$@"
}

compile() {
  local preset=$1
  shift
  ninja -C "$build/$preset" -j "$(jobs)" "$@"
}

# trivium and the runtime that it loads, where that was found.
release_targets() {
  echo trivium
  grep -o '^build trivium_openvino:' "$build/release/build.ninja" \
    | tr -d ':' | cut -d' ' -f2
}

# Packages, Python, the sample model and its text lines. Nothing of this needs
# the network, a package manager or CMake once the stamp stands.
set_up() {
  local stamp=$build/setup.stamp now
  now=$(setup_fingerprint)
  [[ -f $stamp && $(<"$stamp") == "$now" && -x $python && -f $sample_model ]] \
    && return 0
  rm -f "$stamp"
  install_packages "$setup/packages-run.txt"
  make_environment python
  fetch_model ppocrv6-rec
  step "drawing the sample's text lines" text_lines \
    "$python" "$root/tools/sample/render_text_lines.py" \
    "$build/models/text_lines"
  rm -rf "$sample_golden"
  forget_moved_build release
  rm -f "$build/release/build.ninja" # CMake looks for what has come since
  printf '%s\n' "$now" >"$stamp"
}

# prepare_build PRESET [-D...]: configures where there is nothing to build from,
# or where what is there was configured with other settings than -D NAME=VALUE.
prepare_build() {
  local preset=$1 setting
  shift
  forget_moved_build "$preset"
  local cache=$build/$preset/CMakeCache.txt
  for setting in "$@"; do
    setting=${setting#-D}
    grep -q "^${setting%%=*}:[A-Z]*=${setting#*=}\$" "$cache" 2>/dev/null \
      || rm -f "$build/$preset/build.ninja"
  done
  [[ -f $build/$preset/build.ninja ]] || configure "$preset" "$@"
}

# What the float model answers to the text lines, once.
record_golden() {
  [[ ! -f $sample_golden/golden.json ]] || return 0
  rm -rf "$sample_golden"
  mkdir -p "${sample_golden%/*}"
  step "recording what the float model answers" golden \
    "$build/release/bin/trivium" golden record "$sample_model" \
    --input "$build/models/text_lines" --out "$sample_golden"
}

fetch_model() {
  "$python" "$root/tools/sample/fetch_model.py" --present "$1" \
    "$build/models" && return 0
  step "fetching the model $1" "fetch-$1" \
    "$python" "$root/tools/sample/fetch_model.py" "$1" "$build/models"
}
