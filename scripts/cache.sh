# Where what is fetched is kept, and how it is fetched; read by scripts/setup, scripts/python and
# scripts/test, which set `name` (what their messages begin with).

say() { [ -n "${quiet:-}" ] || echo "$name: $*" >&2; }
fail() { echo "$name: $*" >&2; exit 1; }

# A path that means the same from every folder.
absolute() { case "$1" in /*) printf '%s\n' "$1" ;; *) printf '%s\n' "$PWD/$1" ;; esac; }

# Sets `cache`: EXP_CACHE, or the folder `exp` in the user's cache folder.
find_cache() {
  if [ -n "${EXP_CACHE:-}" ]; then
    cache=$EXP_CACHE
  elif [ -n "${XDG_CACHE_HOME:-}" ]; then
    cache=$XDG_CACHE_HOME/exp
  elif [ -z "${HOME:-}" ]; then
    fail "HOME is not set, so there is no cache folder: set HOME, or EXP_CACHE to a folder for what is fetched"
  elif [ "$(uname -s)" = Darwin ]; then
    cache=$HOME/Library/Caches/exp
  else
    cache=$HOME/.cache/exp
  fi
  cache=$(absolute "$cache")
}

make_cache() {
  mkdir -p "$cache" 2>/dev/null || fail "cannot create $cache: make it writable, or set EXP_CACHE to another folder"
  [ -w "$cache" ] || fail "cannot write to $cache: make it writable, or set EXP_CACHE to another folder"
}

# Waits until this process alone holds the lock FILE. The lock is on descriptor 9 and ends with this
# process, however that ends: what it starts and may outlive it closes 9. (Python takes it, since
# macOS has no flock command; a lock of flock(2) belongs to the open file, not to who asked for it.)
lock() {
  local take='import fcntl, sys; fcntl.flock(9, fcntl.LOCK_EX | (fcntl.LOCK_NB if sys.argv[1:] else 0))'
  { exec 9>>"$1"; } 2>/dev/null || fail "cannot write $1: make it writable, or set EXP_CACHE to another folder"
  if ! python3 -c "$take" now 2>/dev/null; then
    say "another scripts/$name is at work in $cache; waiting for it"
    python3 -c "$take" 2>/dev/null || fail "cannot lock $1: set EXP_CACHE to a folder on a disk of this machine"
  fi
}

# fetch PYTHON WHAT PINS LOG [options]: lets a Python's pip install what is pinned, and nothing whose
# digest is another. What pip says goes to LOG; one line says what was wrong.
fetch() {
  local python=$1 what=$2 pins=$3 log=$4
  shift 4
  PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1 "$python" -m pip install --quiet --no-input \
    --no-cache-dir --only-binary :all: --require-hashes --requirement "$pins" "$@" >"$log" 2>&1 9>&- && return
  local wrong
  wrong=$(sed -n '/DO NOT MATCH THE HASHES/,$ s/^ \{1,\}\([A-Za-z0-9._-]*==[^ ]*\).*:$/\1/p' "$log" | head -1)
  if [ -n "$wrong" ] || grep -q 'DO NOT MATCH THE HASHES' "$log"; then
    fail "$wrong is refused: its digest is not one of those in scripts/requirements/$(basename "$pins"). The download was damaged, or pip's settings name an index with other files. Nothing was installed"
  fi
  fail "pip could not fetch $what ($(grep -i error "$log" | tail -1 | cut -c1-200)): check the network, or pip's settings, and run scripts/$name again; nothing was left behind"
}
