#!/usr/bin/env bash
# Measures every bar; see --help, and README.md for what each step does.
set -uo pipefail
usage() { cat <<'END'
Usage: ./run.sh [STEP...]        all steps if none is named

  throughput  calls a second, p50, p99, CPU: direct, nginx, bare, allow-all, policy, script; in turn
  start       process start to the first answered call, and resident memory then
  script      the policy with a script predicate beside the policy without
  stdio       a stdio child behind the gateway beside the same child driven by pipes
  streams     delay of events, 10,000 events, a 10 MB result, slow readers
  idle        sessions with an open stream: memory of each, CPU
  growth      many tools, grants, rules on other tools
  soak        at 70 % load: heap, threads, file handles, p99 over time
  report      the table of bars from what was measured last, and the plot

QUICK=1               all of it in some four minutes: shows that it works, and the size of things
ROUNDS=5 CONNS=1,16,64 SECONDS_PER=5 WARM=1.5    rounds in turn, seconds of each cell and of the load before it
ROUND0=20000:90       calls, and seconds at most, of warm-up of each target
COLD_ROUNDS=5         starts of each target
UPPATH=/mcp           /sse: the upstream answers as event stream
SESSIONS=10000        idle sessions, fewer where the limit of open files does not permit them
SOAK=30m              length of the soak: 90s, 30m, 2h
PORT=18100            the first of some twenty ports
PIN=split             gateway on core GW_CPUS (1), client and upstream on LOAD_CPUS (0); none: all share all cores
APP=FOLDER            the unpacked archive to measure; else that of this checkout, built by ./tollbar version
OUT=FOLDER            figures and logs; else distribution/target/bench/out
SVG=FILE              the plot; else results.svg here, in a quick run in OUT
BENCH_OPTS="-Dforeign=0.10 -Dsteal=0.20 -Dretries=6 -DquietMs=60000"    when a cell counts as disturbed

Needs a JDK 25, nginx and python3. Traffic stays on loopback. Ctrl-C ends it and all that it has started.
END
}
case " $* " in *" --help "* | *" -h "*) usage; exit 0 ;; esac
all="throughput start script stdio streams idle growth soak report"
for step in "$@"; do case " $all compare " in *" $step "*) ;; *)
  echo "run.sh: unknown step $step; expected one of: $all" >&2; exit 2 ;; esac; done
steps=${*:-$all}

kit=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$kit/../.." && pwd)
work=${WORK:-$root/distribution/target/bench}; out=${OUT:-$work/out}
. "$root/.mvn/find-jdk.sh"
home=$(tollbar_find_jdk javac) || { echo "run.sh: needs a JDK 25 or newer and found none" >&2; exit 69; }
for program in nginx python3; do command -v $program >/dev/null || { echo "run.sh: needs $program on the path" >&2; exit 69; }; done
app=${APP:-$root/distribution/target/run/app}
[ -x "$app/bin/tollbar" ] || { echo "run.sh: no $app/bin/tollbar; build it with ./tollbar version, or say APP=FOLDER" >&2; exit 69; }

if [ -n "${QUICK:-}" ]; then
  : "${ROUNDS:=1}" "${SECONDS_PER:=2}" "${WARM:=0.5}" "${ROUND0:=5000:4}" "${COLD_ROUNDS:=1}" "${SESSIONS:=1000}" "${SOAK:=18s}"
  : "${IDLE_SECONDS:=16}" "${EVENTS:=1000}" "${SLOW_SECONDS:=5}" "${SVG:=$out/results.svg}" "${BENCH_OPTS:=-Dretries=1 -DquietMs=0}"
fi
rounds=${ROUNDS:-5} conns=${CONNS:-1,16,64} seconds=${SECONDS_PER:-5} warm=${WARM:-1.5} round0=${ROUND0:-20000:90}
soak=${SOAK:-30m}
case $soak in
  *h) soak=$((${soak%h} * 3600)) ;; *m) soak=$((${soak%m} * 60)) ;; *s) soak=${soak%s} ;;
esac
case $soak in '' | *[!0-9]*) echo "run.sh: SOAK: expected a duration such as 90s, 30m or 2h; found \"${SOAK:-}\"" >&2; exit 2 ;; esac
[ "$soak" -ge 9 ] || { echo "run.sh: SOAK: expected at least 9s; found \"${SOAK:-}\"" >&2; exit 2; }

base=${PORT:-18100} uppath=${UPPATH:-/mcp}
upport=$base; direct=$((base + 1)) streaming=$((base + 2)) proxy=$((base + 3)) next=$((base + 4))
gw=() load=()
if [ "${PIN:-split}" = split ] && [ "$(nproc)" -ge 2 ]; then gw=(taskset -c "${GW_CPUS:-1}"); load=(taskset -c "${LOAD_CPUS:-0}"); fi
ulimit -n "$(ulimit -Hn)"
mkdir -p "$out" "$work/classes" || exit 1
"$home/bin/javac" -cp "$app/lib/*" -d "$work/classes" "$kit"/src/*.java || exit 1
jvm=("$home/bin/java" -Xmx1g -XX:+UseSerialGC -cp "$work/classes")

# ---- processes: only those started here, and all of them ---------------------------------------------------------------
tree() { local p; for p in "$@"; do echo "$p"; tree $(pgrep -P "$p"); done; }
end() { # roots: asks them to end, and after 12 s makes them
  local p all; all=$(tree "$@")
  [ -n "$all" ] || return 0
  kill $all 2>/dev/null
  for _ in $(seq 120); do alive $all || return 0; sleep 0.1; done
  kill -9 $all 2>/dev/null
}
alive() { local p; for p in "$@"; do kill -0 "$p" 2>/dev/null && return 0; done; return 1; }
end_all() { end $(jobs -pr); } # a job that has ended by itself is not in it: its number may be another's by now
trap end_all EXIT
trap 'echo "run.sh: stopping" >&2; exit 130' INT TERM HUP
# In the background, so that a signal is answered at once.
client() { "$@" & wait $!; }
say() { echo "== $*" >&2; }

# ---- targets -----------------------------------------------------------------------------------------------------------
token="Authorization: Bearer bench-token-0000000000000000"
# The start-up cache is made before anything is measured, not beside it.
export TOLLBAR_CACHE_DIR TOLLBAR_START_CACHE=use
cache() { # of the archive in a folder
  TOLLBAR_CACHE_DIR=$work/cache-$(echo "$home ${TOLLBAR_JAVA_OPTS:-} $1" | cksum | cut -d' ' -f1)
  if [ -z "$(find "$TOLLBAR_CACHE_DIR" -name 'start-*.aot' -newer "$1/lib" 2>/dev/null)" ]; then
    say "makes the start-up cache, once"
    client "$1/bin/tollbar" start-cache >&2 || say "no start-up cache: starts are measured without one"
  fi
}
declare -A url header
gateway_command() { echo "$1/bin/tollbar serve --document $work/$2.json --port $3 --admin-port 0 --data $work/data-$2"; }
declare -A command
gateway() { # target, options of documents.py: writes its document and says how it is started
  local t=$1; shift
  python3 "$kit/documents.py" "$work/$t.json" "$@" || return 1
  cp "$kit/conf/predicate.js" "$work/"
  url[$t]=http://127.0.0.1:$next/mcp/default header[$t]=$token
  command[$t]=$(gateway_command "$app" "$t" "$next")
  next=$((next + 1))
}
sed "s#@NAME@#nginx#; s#@DIR@#$work#g; s#@UPPORT@#$upport#; s#@UPPATH@#$uppath#; s#@PORT@#$proxy#" "$kit/conf/nginx.conf.in" > "$work/nginx.conf"
url[direct]=http://127.0.0.1:$direct$uppath header[direct]=-
command[direct]="${jvm[*]} Upstream $direct"
url[nginx]=http://127.0.0.1:$proxy/mcp header[nginx]=-
command[nginx]="nginx -c $work/nginx.conf -p $work"
# A JVM as the gateway's: the same collector and sizes, the same log.
url[bare]=http://127.0.0.1:$next/mcp header[bare]=-
command[bare]="$home/bin/java -XX:+UseSerialGC -Xms80m -Xmn32m -XX:SurvivorRatio=6 -Dlogback.configurationFile=$app/conf/logback.xml -cp '$work/classes:$app/lib/*' Bare $next $upport $uppath"
next=$((next + 1))
upstream=http://127.0.0.1:$upport$uppath
allow_all() { # target, archive: no document, no grant
  url[$1]=http://127.0.0.1:$next/mcp/default header[$1]=-
  command[$1]="$2/bin/tollbar serve --policy $kit/conf/allow-all.json --upstream $upstream --port $next --admin-port 0 --data $work/data-$1"
  next=$((next + 1))
}
allow_all allow-all "$app"
gateway policy --url "$upstream"
gateway script --url "$upstream" --script predicate.js

taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
start() { # target: starts it and waits for its first answer, or until it listens; sets pid
  local p=${url[$1]#*127.0.0.1:}; p=${p%%/*}
  if taken "$p"; then say "$1: port $p is taken; say PORT=N for others"; return 1; fi
  rm -rf "$work/data-$1"
  bash -c "exec ${gw[*]} ${command[$1]}" > "$out/$1.log" 2>&1 & pid=$!
  local i; for i in $(seq 240); do
    if taken "$p" && { [ "${2:-}" = listening ] || "${jvm[@]}" PeerBench try "${url[$1]}" "${header[$1]}"; }; then return 0; fi
    kill -0 "$pid" 2>/dev/null || break; sleep 0.5
  done
  say "$1 does not answer; its log is $out/$1.log"; return 1
}
up=
echo_upstream() { # the fast upstream, on the core of the client
  [ -n "$up" ] && return
  if taken "$upport"; then say "port $upport is taken; say PORT=N for others"; return 1; fi
  "${load[@]}" "${jvm[@]}" Upstream "$upport" > "$out/upstream.log" 2>&1 & up=$!; await "$upport"
}
stream_upstream() {
  if taken "$streaming"; then say "port $streaming is taken; say PORT=N for others"; return 1; fi
  "${load[@]}" "${jvm[@]}" StreamUpstream "$streaming" > "$out/streams.log" 2>&1 & await "$streaming"
}
await() { local i; for i in $(seq 100); do taken "$1" && return 0; sleep 0.1; done; say "nothing listens on port $1"; return 1; }
between() { end_all; up=; }

# Starts targets, loads them in turn, and ends them: file, connections, targets.
in_turn() {
  local file=$1 with=$2 t; shift 2
  echo_upstream || return 1
  : > "$out/$file"; : > "$work/plan.tsv"
  for t in "$@"; do
    start "$t" || return 1
    printf '%s\t%s\t%s\t%s\t-\n' "$t" "${url[$t]}" "$pid" "${header[$t]}" >> "$work/plan.tsv"
  done
  client "${load[@]}" "${jvm[@]}" ${BENCH_OPTS:-} -Dupstream="$up" PeerBench rounds "$work/plan.tsv" "$out/$file" "$rounds" "$with" "$seconds" "$warm" "$round0"
}
starts() { # file, targets
  local file=$1 t; shift
  echo_upstream || return 1
  : > "$out/$file"; : > "$work/start.tsv"
  for t in "$@"; do rm -rf "$work/data-$t"; printf '%s\t%s\t%s\t%s\n' "$t" "${url[$t]}" "${header[$t]}" "${command[$t]}" >> "$work/start.tsv"; done
  client "${jvm[@]}" ${BENCH_OPTS:-} -Dupstream="$up" PeerBench cold "$work/start.tsv" "$out/$file" "${COLD_ROUNDS:-5}"
}

# ---- steps -------------------------------------------------------------------------------------------------------------
throughput() {
  say "throughput: direct, nginx, bare, allow-all, policy, script; $rounds rounds at $conns connections, $seconds s each"
  local bare=bare; [ "$uppath" = /mcp ] || bare= # it does not understand event streams
  in_turn throughput.jsonl "$conns" direct nginx $bare allow-all policy script
}
start_step() {
  say "start: process start to the first answered call, ${COLD_ROUNDS:-5} times"
  starts start.jsonl nginx allow-all policy
}
script() {
  say "script: the policy with and without a warm predicate, at 16 connections"
  in_turn script.jsonl 16 policy script
}
stdio() {
  local child
  # Without a C compiler the child is a JVM: slower by itself, and so easier to keep up with.
  if command -v cc >/dev/null && cc -O2 -o "$work/echo" "$kit/src/echo.c"; then child=("$work/echo"); kind=native
  else child=("$home/bin/java" -XX:+UseSerialGC -Xmx64m -XX:TieredStopAtLevel=1 -cp "$work/classes" EchoChild); kind=java; fi
  say "stdio: a $kind child behind the gateway, and driven by pipes; 1 and 16 children"
  : > "$out/stdio.jsonl"; echo $kind > "$out/stdio.child"
  gateway stdio --command "${child[@]}" && start stdio || return 1
  # The child has the gateway's core in both cases.
  client "${load[@]}" "${jvm[@]}" Pipes "${url[stdio]}" "${header[stdio]}" "$out/stdio.jsonl" "$rounds" 1,16 "$seconds" "$warm" ${gw[@]+"${gw[@]}"} "${child[@]}"
}
streams() {
  say "streams: events of the upstream directly and through the gateway, ${EVENTS:-3000} a round; slow readers for ${SLOW_SECONDS:-20} s"
  : > "$out/streams.jsonl"
  stream_upstream && gateway streams --url "http://127.0.0.1:$streaming/mcp" --allow-all && start streams listening || return 1
  client "${load[@]}" "${jvm[@]}" Streams "http://127.0.0.1:$streaming/mcp" "${url[streams]}" "${header[streams]}" "$pid" "$out/streams.jsonl" "$rounds" "${EVENTS:-3000}" "${SLOW_SECONDS:-20}"
}
idle() {
  # Two connections each in the gateway, the client's and its own; some hundred files are its jars and its store.
  local wanted=${SESSIONS:-10000} most=$((($(ulimit -n) - 400) / 2)) n
  n=$((wanted < most ? wanted : most))
  [ "$n" = "$wanted" ] || say "idle: $n sessions instead of $wanted: a process may open $(ulimit -n) files"
  say "idle: $n sessions with an open stream, then ${IDLE_SECONDS:-60} s of nothing"
  : > "$out/idle.jsonl"
  stream_upstream && gateway idle --url "http://127.0.0.1:$streaming/mcp" --allow-all && start idle listening || return 1
  client "${load[@]}" "${jvm[@]}" Idle "${url[idle]}" "${header[idle]}" "$pid" "http://127.0.0.1:$streaming/mcp" "$out/idle.jsonl" "$n" "${IDLE_SECONDS:-60}"
}
growth() {
  say "growth: 10 tools, 1 grant and 1 rule on each other tool; then 10,000 tools, 1,000 grants, 100 rules"
  gateway small --url "$upstream" --tools 10 && gateway tools --url "$upstream" --tools 10000 &&
    gateway grants --url "$upstream" --tools 10 --grants 1000 && gateway rules --url "$upstream" --tools 10 --rules 100 &&
    in_turn growth.jsonl 16 small tools grants rules
}
soak() {
  say "soak: $soak s at 70 % of full load, 16 connections"
  : > "$out/soak.jsonl"
  echo_upstream && start policy || return 1
  client "${load[@]}" "${jvm[@]}" Soak "${url[policy]}" "${header[policy]}" "$pid" "$out/soak.jsonl" 16 "$soak" 0.7
}
report() { python3 "$kit/report.py" "$out" --svg "${SVG:-$kit/results.svg}" | tee "$out/report.md"; }
compare() { # of regression.sh: the archive in OLD_APP beside this one
  local t
  say "compare: $OLD_APP and $app in turn, $rounds rounds at 16 connections, $seconds s each"
  allow_all old-allow-all "$OLD_APP"
  gateway old-policy --url "$upstream"
  command[old-policy]=$(gateway_command "$OLD_APP" old-policy "$((next - 1))")
  # Each archive has a start-up cache of its own.
  for t in old-allow-all old-policy; do command[$t]="env TOLLBAR_CACHE_DIR=$old_cache ${command[$t]}"; done
  in_turn compare.jsonl 16 old-allow-all allow-all old-policy policy && between && starts compare-start.jsonl old-policy policy
}

machine() {
  echo "$(nproc) cores ($(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | sed -n 1p)), $(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo), $(uname -sr)," \
    "JDK $(sed -n 's/^JAVA_RUNTIME_VERSION="\(.*\)"/\1/p' "$home/release")$([ -z "${TOLLBAR_JAVA_OPTS:-}" ] || echo ", $TOLLBAR_JAVA_OPTS"), $(nginx -v 2>&1 | sed 's|.*nginx/|nginx |')"
}
case " $steps " in *" report "*) [ "$steps" = report ] || cache "$app" ;; *) cache "$app" ;; esac
if [ -n "${OLD_APP:-}" ]; then new_cache=$TOLLBAR_CACHE_DIR; cache "$OLD_APP"; old_cache=$TOLLBAR_CACHE_DIR; TOLLBAR_CACHE_DIR=$new_cache; fi
settings="$rounds rounds, $seconds s a cell, warm-up ${round0%%:*} calls, $([ ${#gw[@]} -gt 0 ] && echo pinned || echo not pinned)${QUICK:+, QUICK}"
failed=()
for step in $steps; do
  run=$step; [ "$step" = start ] && run=start_step
  [ "$step" = report ] || { rm -f "$out/$step.when"; machine > "$out/machine.txt"; }
  if $run; then [ "$step" = report ] || echo "$(date -u '+%F %H:%M') UTC, $settings" > "$out/$step.when"
  else say "$step: not measured"; failed+=("$step"); fi
  between
done
[ ${#failed[@]} -eq 0 ] || { say "failed: ${failed[*]}; logs are in $out"; exit 1; }
