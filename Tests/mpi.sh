#!/bin/bash
# Refines the sample on 1, 2, 4 and 8 ranks of 1 and 2 threads through every MPI that is here, and compares
# every result byte for byte with that of one process; kills a rank, and goes on with another number of
# ranks; pauses them, ends them after an iteration, changes a parameter while they refine. Clock figures are left
# out of the comparison, nothing else.
#
#   Tests/mpi.sh
#
# FULCRUM is the program (default: the newest of .build/release and .build/debug), JOB the job file, RANKS and
# THREADS what is tried. Installs Open MPI and MPICH where neither is there (Debian, as root).
set -u
here=$(cd "$(dirname "$0")/.." && pwd)
job=${JOB:-$here/samples/hinge/hinge.toml}
if [ -z "${FULCRUM:-}" ]; then
  FULCRUM=$(ls -t "$here"/.build/{release,debug}/fulcrum 2>/dev/null | head -1)
fi
[ -x "$FULCRUM" ] || { echo "no program: swift build -c release, or set FULCRUM" >&2; exit 2; }
if ! command -v mpicc.openmpi >/dev/null && ! command -v mpicc.mpich >/dev/null; then
  apt-get update && apt-get install -y libopenmpi-dev openmpi-bin libmpich-dev mpich || exit 2
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/fulcrum-mpi.XXXXXX")
trap 'rm -rf "$work"' EXIT
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_hwloc_base_binding_policy=none OMPI_MCA_btl_base_warn_component_unused=0

milliseconds() { echo $(($(date +%s%N) / 1000000)); }

# Everything that a run leaves, without clock figures: one line of checksum and name a file.
fingerprint() {
  (cd "$1" && find final iterations -type f ! -name '.*' | LC_ALL=C sort | while read -r file; do
    case $file in
      *.json) awk '/"(seconds|cpuSeconds)" :/ { skip = /\{/ && !/\}/; next } skip { if (/\}/) skip = 0; next } { print }' "$file" ;;
      *) cat "$file" ;;
    esac | sha256sum | sed "s|-|$file|"
  done; find . -name '*.part' -o -name lock | LC_ALL=C sort)
}

bad=0
compare() {
  if fingerprint "$work/run" | cmp -s - "$work/expected"; then
    echo "  $1: the same bytes, $2 ms"
  else
    bad=$((bad + 1))
    echo "  $1: the result differs"
    fingerprint "$work/run" | diff - "$work/expected" | head -20
    grep -h -A1 "^error" "$work/log" || tail -5 "$work/log"
  fi
}

# Compares the last run with one process that had a parameter from the beginning.
asked() {
  rm -rf "$work/other"
  "$FULCRUM" run "$job" --output "$work/other" --set "$2" >"$work/log" 2>&1
  for file in map.mrc half_map_a.mrc particles.star; do
    cmp -s "$work/run/final/$file" "$work/other/final/$file" || {
      bad=$((bad + 1))
      echo "  $1: $file is not that of $2"
      return
    }
  done
  echo "  $1: the same bytes as with $2"
}

# Begins a run on some ranks of one thread each.
start() {
  rm -rf "$work/run"
  "mpirun.$mpi" -n "$1" "$FULCRUM" run "$job" --output "$work/run" --threads 1 --save-every 0.05 >"$work/log" 2>&1 &
  launcher=$!
}

# Waits until a file of the run has a line, or the run has ended.
await() {
  until grep -qs "$1" "$work/run/$2"; do
    kill -0 $launcher 2>/dev/null || return
    sleep 0.05
  done
}

# Processor time of the run's processes, hundredths of a second.
processor_ticks() {
  total=0
  for process in $(pgrep -f "^$FULCRUM run .*--output $work/run "); do
    spent=$(sed 's/.*) //' "/proc/$process/stat" | awk '{ print $12 + $13 }')
    total=$((total + spent))
  done
  echo $total
}

begin=$(milliseconds)
"$FULCRUM" run "$job" --output "$work/whole" --threads 1 >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
length=$(($(milliseconds) - begin))
fingerprint "$work/whole" >"$work/expected"
echo "one process: $length ms, $(wc -l <"$work/expected") files"

for mpi in openmpi mpich; do
  command -v "mpicc.$mpi" >/dev/null || { echo "no $mpi"; continue; }
  export FULCRUM_MPI=$work/$mpi.so
  MPICC=mpicc.$mpi "$FULCRUM" mpi build -o "$FULCRUM_MPI" >/dev/null || exit 1
  "mpirun.$mpi" -n 2 "$FULCRUM" mpi check | head -1
  for ranks in ${RANKS:-1 2 4 8}; do
    for threads in ${THREADS:-1 2}; do
      rm -rf "$work/run"
      begin=$(milliseconds)
      "mpirun.$mpi" -n "$ranks" "$FULCRUM" run "$job" --output "$work/run" --threads "$threads" >"$work/log" 2>&1
      compare "$ranks ranks x $threads threads" $(($(milliseconds) - begin))
    done
  done

  # A rank is killed in a search that is saved twenty times a second; how long the others take to end, and what
  # another number of ranks makes of what is left.
  for victim in 2 0; do
    rm -rf "$work/run"
    "mpirun.$mpi" -n 3 "$FULCRUM" run "$job" --output "$work/run" --threads 1 --save-every 0.05 >"$work/log" 2>&1 &
    launcher=$!
    until grep -qs '"stage" : "search"' "$work/run/run.json"; do
      kill -0 $launcher 2>/dev/null || break
      sleep 0.05
    done
    # The processes of the launcher, by their rank.
    for process in $(pgrep -f "^$FULCRUM run .*--output $work/run "); do
      rank=$(tr '\0' '\n' <"/proc/$process/environ" 2>/dev/null | sed -n 's/^\(OMPI_COMM_WORLD_RANK\|PMI_RANK\)=//p' | head -1)
      [ "$rank" = $victim ] && { kill -9 "$process"; echo "  rank $victim (process $process) is killed"; }
    done
    begin=$(milliseconds)
    wait $launcher
    status=$?
    while pgrep -f "^$FULCRUM run .*--output $work/run " >/dev/null; do sleep 0.05; done
    ended=$(($(milliseconds) - begin))
    [ $ended -le 10000 ] || { bad=$((bad + 1)); echo "  TOO LATE:"; }
    echo "  all have ended after $ended ms, status $status; saved: $(ls "$work/run/checkpoint" | tr '\n' ' ')"
    begin=$(milliseconds)
    "mpirun.$mpi" -n 2 "$FULCRUM" resume "$work/run" --take-over --threads 1 >"$work/log" 2>&1
    [ -e "$work/run/lock" ] && rm "$work/run/lock"
    compare "resumed on 2 ranks" $(($(milliseconds) - begin))
  done

  # What is asked of a run by files reaches all ranks.
  start 3
  await '"stage" : "search"' run.json
  touch "$work/run/control/pause"
  await '"status" : "paused"' run.json
  sleep 1
  before=$(processor_ticks)
  sleep 2
  spent=$(($(processor_ticks) - before))
  rm "$work/run/control/pause"
  # A hundred ticks are a second of one processor: three ranks that refine would take four hundred of two.
  [ $spent -le 40 ] || { bad=$((bad + 1)); echo "  NOT PAUSED:"; }
  echo "  paused: $spent hundredths of a second of processor time in two seconds"
  wait $launcher
  compare "paused on 3 ranks" 0

  start 3
  await '"stage" : "search"' run.json
  touch "$work/run/control/stop"
  wait $launcher
  [ -e "$work/run/final" ] && { bad=$((bad + 1)); echo "  NOT STOPPED:"; }
  "mpirun.$mpi" -n 2 "$FULCRUM" resume "$work/run" --threads 1 >"$work/log" 2>&1
  compare "stopped on 3 ranks, resumed on 2" 0

  start 3
  await '"stage" : "search"' run.json
  touch "$work/run/control/stop-after-iteration"
  wait $launcher
  # The start, the iterations, the final maps.
  done=$(($(grep -c '"kind":"iteration"' "$work/run/events.jsonl") - 2))
  asked "ended after iteration $done on 3 ranks" refinement.maximum_iterations=$done

  start 3
  await '"kind":"started"' events.jsonl
  echo 'refinement.maximum_iterations = 3' >"$work/run/control/parameters.toml"
  wait $launcher
  asked "changed while 3 ranks refine" refinement.maximum_iterations=3
done

# A rank that is alive and says nothing, as on a machine that is gone: nobody but the ranks themselves can tell.
mpi=$(command -v mpicc.mpich >/dev/null && echo mpich || echo openmpi)
export FULCRUM_MPI=$work/$mpi.so
rm -rf "$work/run"
"mpirun.$mpi" -n 3 "$FULCRUM" run "$job" --output "$work/run" --threads 1 --save-every 0.05 >"$work/log" 2>&1 &
launcher=$!
until grep -qs '"stage" : "search"' "$work/run/run.json"; do sleep 0.05; done
for process in $(pgrep -f "^$FULCRUM run .*--output $work/run "); do
  rank=$(tr '\0' '\n' <"/proc/$process/environ" | sed -n 's/^\(OMPI_COMM_WORLD_RANK\|PMI_RANK\)=//p' | head -1)
  [ "$rank" = 1 ] && { kill -STOP "$process"; silent=$process; }
done
begin=$(milliseconds)
until grep -qs '"status" : "failed"' "$work/run/run.json"; do
  [ $(($(milliseconds) - begin)) -gt 20000 ] && break
  sleep 0.05
done
ended=$(($(milliseconds) - begin))
kill -9 "$silent" 2>/dev/null
wait $launcher
[ $ended -le 10000 ] || { bad=$((bad + 1)); echo "  TOO LATE:"; }
echo "a rank that is silent: the run has ended after $ended ms: $(grep -h '"message"' "$work/run/run.json")"
"$FULCRUM" resume "$work/run" --threads 2 >"$work/log" 2>&1
compare "resumed by one process" 0
[ $bad -eq 0 ] && echo "all as it should be" || { echo "$bad faults"; exit 1; }
