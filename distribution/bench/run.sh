#!/usr/bin/env bash
# Measures the gateway beside its upstream reached directly and beside nginx as a plain reverse proxy, in turn, in one run.
#   ./run.sh [rounds] [cold] [report]         default: all three
# ROUNDS=5  CONNS=1,16,64  SECONDS_PER=5  WARM=1.5   UPPATH=/mcp (sessions) | /sse (the upstream answers as event stream)
# ROUND0=CALLS:MAXSECONDS  warm-up of each target before round 1, at 16 connections
# PIN=split  gateway on core GW_CPUS (1), client and upstream on LOAD_CPUS (0); PIN=none: all share all cores
# BENCH_OPTS="-Dforeign=0.10 -Dsteal=0.20 -Dretries=6 -DquietMs=60000"  when a cell counts as disturbed
# Needs nginx, and the checkout built by ./tollbar version. Traffic stays on loopback.
set -uo pipefail
kit=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$kit/../.." && pwd)
work=$root/distribution/target/bench; out=$work/out
. "$root/.mvn/find-jdk.sh"
home=$(tollbar_find_jdk javac) || { echo "needs a JDK 25" >&2; exit 69; }
command -v nginx >/dev/null || { echo "needs nginx on the path" >&2; exit 69; }
tollbar=$root/distribution/target/run/app/bin/tollbar
[ -x "$tollbar" ] || { echo "build first: ./tollbar version" >&2; exit 69; }

upport=9000 direct=9001 uppath=${UPPATH:-/mcp}
rounds=${ROUNDS:-5} conns=${CONNS:-1,16,64} seconds=${SECONDS_PER:-5} warm=${WARM:-1.5} round0=${ROUND0:-20000:90}
if [ "${PIN:-split}" = split ]; then gw="taskset -c ${GW_CPUS:-1}"; load="taskset -c ${LOAD_CPUS:-0}"; else gw=; load=; fi
mkdir -p "$out" "$work/classes"
"$home/bin/javac" -d "$work/classes" "$kit"/src/*.java || exit 1
jvm="$home/bin/java -Xmx512m -XX:+UseSerialGC -cp $work/classes"

pids=()
tree_kill() { # only processes started here
  local p k; for p in "$@"; do k=$(pgrep -P "$p"); [ -n "$k" ] && tree_kill $k; kill "$p" 2>/dev/null; done
}
trap 'for p in "${pids[@]:-}"; do [ -n "$p" ] && tree_kill "$p"; done' EXIT
trap 'exit 130' INT TERM

sed "s#@NAME@#nginx#; s#@DIR@#$work#g; s#@UPPORT@#$upport#; s#@UPPATH@#$uppath#; s#@PORT@#8101#" \
  "$kit/conf/nginx.conf.in" > "$work/nginx.conf"
gateway() { # policy file, port: the command that serves it
  echo "$tollbar serve --policy $1 --upstream http://127.0.0.1:$upport$uppath --port $2 --admin-port 0 --data $work/data-$2"
}
declare -A url command
url[direct]=http://127.0.0.1:$direct$uppath
command[direct]="$jvm Upstream $direct"
url[nginx]=http://127.0.0.1:8101/mcp
command[nginx]="nginx -c $work/nginx.conf -p $work"
url[allow-all]=http://127.0.0.1:8120/mcp/default
command[allow-all]=$(gateway "$kit/conf/allow-all.json" 8120)
url[policy]=http://127.0.0.1:8121/mcp/default
command[policy]=$(gateway "$kit/conf/policy-100-tools.json" 8121)
targets="direct nginx allow-all policy"

start() { # target: sets pid
  bash -c "exec $gw ${command[$1]}" > "$out/$1.log" 2>&1 & pid=$!; pids+=($pid)
  local i; for i in $(seq 60); do
    $jvm PeerBench try "${url[$1]}" - && return 0
    kill -0 "$pid" 2>/dev/null || break; sleep 0.5
  done
  echo "not up: $1 (see $out/$1.log)" >&2; return 1
}

$load $jvm Upstream $upport > "$out/upstream.log" 2>&1 & up=$!; pids+=($up); sleep 1
steps=${*:-rounds cold report}
for step in $steps; do case $step in
rounds)
  : > "$work/plan.tsv"
  for t in $targets; do
    start "$t" || continue
    printf '%s\t%s\t%s\t-\t-\n' "$t" "${url[$t]}" "$pid" >> "$work/plan.tsv"
  done
  $load $jvm ${BENCH_OPTS:-} -Dupstream=$up PeerBench rounds "$work/plan.tsv" "$out/rounds.jsonl" "$rounds" "$conns" "$seconds" "$warm" "$round0"
  for p in "${pids[@]}"; do [ "$p" != "$up" ] && tree_kill "$p"; done; sleep 1 ;;
cold)
  : > "$work/cold.tsv"
  for t in nginx allow-all policy; do printf '%s\t%s\t-\t%s\n' "$t" "${url[$t]}" "${command[$t]}" >> "$work/cold.tsv"; done
  $jvm ${BENCH_OPTS:-} -Dupstream=$up PeerBench cold "$work/cold.tsv" "$out/cold.jsonl" "${COLD_ROUNDS:-5}" ;;
report) python3 "$kit/report.py" "$out" | tee "$out/report.md" ;;
*) echo "unknown step $step: rounds, cold or report" >&2; exit 2 ;;
esac; done
