#!/bin/bash
# Kills refinements of the sample at random moments, resumes them, and compares every result byte for
# byte with that of an uninterrupted run. Clock figures are left out of the comparison, nothing else.
#
#   Tests/kill-and-resume.sh [KILLS]        200 kills unless said otherwise
#
# FULCRUM is the program (default: the newest of .build/release and .build/debug), SEED the seed of the
# moments, JOB the job file, OPTIONS more arguments for `fulcrum run`. Needs bash, awk and coreutils.
set -u
here=$(cd "$(dirname "$0")/.." && pwd)
kills=${1:-200}
job=${JOB:-$here/samples/hinge/hinge.toml}
RANDOM=${SEED:-1}
if [ -z "${FULCRUM:-}" ]; then
  FULCRUM=$(ls -t "$here"/.build/{release,debug}/fulcrum 2>/dev/null | head -1)
fi
[ -x "$FULCRUM" ] || { echo "no program: swift build -c release, or set FULCRUM" >&2; exit 2; }
work=$(mktemp -d "${TMPDIR:-/tmp}/fulcrum-kills.XXXXXX")
trap 'rm -rf "$work"' EXIT
# A search is saved every twentieth of a second, so that kills in it find something.
saving=(--save-every 0.05)
options=("${saving[@]}" ${OPTIONS:-})

holder() { sed -n 's/.*"processID":\([0-9]*\).*/\1/p' "$1"; }

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

begin=$(milliseconds)
"$FULCRUM" run "$job" --output "$work/whole" "${options[@]}" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
length=$(($(milliseconds) - begin))
fingerprint "$work/whole" >"$work/expected"
echo "an uninterrupted run takes $length ms and leaves $(wc -l <"$work/expected") files"

done_kills=0 runs=0 bad=0 late=0
declare -A stages
while [ $done_kills -lt "$kills" ]; do
  run="$work/run"
  rm -rf "$run" "$work"/.run.*
  command=(run "$job" --output "$run" "${options[@]}")
  # One to four kills, then to the end.
  left=$((RANDOM % 4 + 1))
  killed=" "
  runs=$((runs + 1))
  while [ $left -gt 0 ] && [ $done_kills -lt "$kills" ]; do
    "$FULCRUM" "${command[@]}" >"$work/log" 2>&1 &
    process=$!
    sleep "$(awk -v r=$RANDOM -v l=$length 'BEGIN { printf "%.3f", r / 32768 * l / 1000 }')"
    if ! kill -9 $process 2>/dev/null; then
      wait $process 2>/dev/null
      late=$((late + 1))
      break
    fi
    wait $process 2>/dev/null
    done_kills=$((done_kills + 1))
    killed+="$process "
    left=$((left - 1))
    stage=before
    if [ -e "$run/run.json" ]; then
      stage=$(sed -n 's/.*"stage" : "\([a-z]*\)".*/\1/p' "$run/run.json" | tail -1)
      [ -n "$stage" ] || stage=writing
      command=(resume "$run" "${saving[@]}")
    fi
    stages[$stage]=$((${stages[$stage]:-0} + 1))
  done
  if [ -e "$run/run.json" ] && ! grep -q '"status" : "finished"' "$run/run.json"; then
    "$FULCRUM" resume "$run" >"$work/log" 2>&1 || { echo "run $runs: resume failed"; cat "$work/log"; bad=$((bad + 1)); continue; }
  elif [ ! -e "$run/run.json" ]; then
    "$FULCRUM" run "$job" --output "$run" "${options[@]}" >"$work/log" 2>&1 || { echo "run $runs: start failed"; cat "$work/log"; bad=$((bad + 1)); continue; }
  fi
  # One killed between its last word and letting go of the folder leaves the lock of a dead holder, which
  # nobody heeds; one that ends by itself leaves none.
  if [ -e "$run/lock" ] && [[ "$killed" == *" $(holder "$run/lock") "* ]]; then rm "$run/lock"; fi
  if ! fingerprint "$run" | cmp -s - "$work/expected"; then
    bad=$((bad + 1))
    echo "run $runs: the result differs"
    fingerprint "$run" | diff - "$work/expected"
    cp -r "$run" "${TMPDIR:-/tmp}/fulcrum-differs-$$-$runs"
  fi
done
echo "$done_kills kills in $runs runs; killed in:" \
  "$(for stage in "${!stages[@]}"; do echo "$stage ${stages[$stage]},"; done | LC_ALL=C sort | tr '\n' ' ' | sed 's/, $//')"
echo "$((runs - bad)) of $runs results identical, $bad not"
[ $bad -eq 0 ]
