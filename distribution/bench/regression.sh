#!/usr/bin/env bash
# Compares this checkout with an earlier commit on this machine, in turn, by ratios only. Exit code 1 if something is 25 % worse.
#   ./regression.sh [REF]      default: the newest tag v*; where there is none it says so, and that is no failure
# ROUNDS=7 SECONDS_PER=3 COLD_ROUNDS=5 PORT=18100, as for run.sh.   APP, OLD_APP: unpacked archives to compare; nothing is built then
set -uo pipefail
case "${1:-}" in -h | --help) sed -n 's/^# \{0,1\}//p' "$0" | sed 1d; exit 0 ;; esac
kit=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$kit/../.." && pwd)
work=$root/distribution/target/regression
export OUT=$work/out WORK=$work OLD_APP=${OLD_APP:-}

if [ -z "$OLD_APP" ]; then
  ref=${1:-$(git -C "$root" describe --tags --abbrev=0 --match 'v*' 2>/dev/null)}
  [ -n "$ref" ] || { echo "regression.sh: there is no release yet (no tag v*): nothing to compare with"; exit 0; }
  commit=$(git -C "$root" rev-parse --verify --quiet "$ref^{commit}") || { echo "regression.sh: $ref: expected a commit, a branch or a tag of this repository" >&2; exit 2; }
  tree=$work/tree-${commit:0:12}
  mkdir -p "$work"
  git -C "$root" worktree prune
  # Kept for the next time; ./tollbar version builds what is not built.
  [ -e "$tree/.git" ] || git -C "$root" worktree add --quiet --detach "$tree" "$commit" || exit 1
  echo "regression.sh: builds $ref (${commit:0:12}) in $tree" >&2
  "$tree/tollbar" version >&2 || { echo "regression.sh: $ref does not build" >&2; exit 1; }
  OLD_APP=$tree/distribution/target/run/app
fi
[ -x "$OLD_APP/bin/tollbar" ] || { echo "regression.sh: OLD_APP: expected the folder of an unpacked archive; found no $OLD_APP/bin/tollbar" >&2; exit 2; }
if [ -z "${APP:-}" ]; then
  "$root/tollbar" version >&2 || { echo "regression.sh: this checkout does not build" >&2; exit 1; }
  export APP=$root/distribution/target/run/app
fi

# In the background, so that a signal is answered at once; run.sh ends what it has started.
job=
trap '[ -z "$job" ] || { kill "$job" 2>/dev/null; wait "$job"; }; exit 130' INT TERM HUP
ROUNDS=${ROUNDS:-7} SECONDS_PER=${SECONDS_PER:-3} WARM=${WARM:-1} ROUND0=${ROUND0:-20000:30} COLD_ROUNDS=${COLD_ROUNDS:-5} \
  BENCH_OPTS=${BENCH_OPTS:--Dretries=2 -DquietMs=5000} "$kit/run.sh" compare & job=$!
wait "$job" || exit 1
python3 "$kit/report.py" "$OUT" --compare
