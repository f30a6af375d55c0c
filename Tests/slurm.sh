#!/bin/bash
# Refines the sample under a real Slurm on two "hosts" of this machine, from submission to the end: a run is
# handed over, watched from the host without processes of it, one of its ranks killed, gone on with by the
# scheduler on both hosts, stopped by the signal before its time is over, taken out of the queue. The result is
# that of one process, byte for byte.
#
#   Tests/slurm.sh
#
# The hosts are network namespaces that nothing else reaches (a bridge 10.77.0.0/24), with names of their own; all
# goes when the script ends. Needs root, iproute2, and Debian's slurm-wlm, munge and openmpi-bin with libopenmpi-dev,
# which it installs where they are missing. FULCRUM is the program, JOB the job file.
set -u
here=$(cd "$(dirname "$0")/.." && pwd)
job=${JOB:-$here/samples/hinge/hinge.toml}
if [ -z "${FULCRUM:-}" ]; then
  FULCRUM=$(ls -t "$here"/.build/{release,debug}/fulcrum 2>/dev/null | head -1)
fi
[ -x "$FULCRUM" ] || { echo "no program: swift build -c release, or set FULCRUM" >&2; exit 2; }
FULCRUM=$(realpath "$FULCRUM")
[ "$(id -u)" = 0 ] || { echo "needs root, for the namespaces" >&2; exit 2; }
PATH=$PATH:/usr/sbin:/sbin
if ! command -v slurmctld >/dev/null || ! command -v munged >/dev/null || ! command -v mpicc.openmpi >/dev/null; then
  apt-get update && apt-get install -y slurm-wlm munge openmpi-bin libopenmpi-dev iproute2 || exit 2
fi

# Everything in a world of its own: mounts, network, host names.
if [ "${FULCRUM_SLURM_INSIDE:-}" != 1 ]; then
  export FULCRUM_SLURM_INSIDE=1 FULCRUM
  exec unshare --mount --net --uts bash "$0" "$@"
fi
mount --make-rprivate /
work=$(mktemp -d "${TMPDIR:-/tmp}/fulcrum-slurm.XXXXXX")
chmod 755 "$work"
daemons=()
finish() {
  for process in "${daemons[@]}"; do kill "$process" 2>/dev/null; done
  sleep 0.5
  for process in "${daemons[@]}"; do kill -9 "$process" 2>/dev/null; done
  # What jobs have left, in namespaces that are this script's alone.
  for host in n1 n2; do
    for process in $(ip netns pids "fulcrum-$host" 2>/dev/null); do kill -9 "$process" 2>/dev/null; done
  done
  [ -n "${KEEP:-}" ] && cp -r "$work" "$KEEP"
  for host in n1 n2; do ip netns del "fulcrum-$host" 2>/dev/null; done
  rm -rf "$work"
}
trap finish EXIT
fail() { echo "FAULT: $*"; faults=$((faults + 1)); }
faults=0
seconds() { echo $(($(date +%s) - begin)); }
begin=$(date +%s)
say() { printf '%4d s  %s\n' "$(seconds)" "$*"; }

# The network: a bridge on the login node, a pair of ends for each host.
printf '127.0.0.1 localhost\n10.77.0.10 ctl\n10.77.0.1 n1\n10.77.0.2 n2\n' >"$work/hosts"
mount --bind "$work/hosts" /etc/hosts
hostname ctl
ip link set lo up
ip link add br0 type bridge
ip addr add 10.77.0.10/24 dev br0
ip link set br0 up
# The names of these namespaces are kept where nobody else sees them.
mkdir -p /run/netns && mount -t tmpfs none /run/netns
for number in 1 2; do
  ip netns add "fulcrum-n$number"
  ip link add "v$number" type veth peer name eth0 netns "fulcrum-n$number"
  ip link set "v$number" master br0 up
  ip -n "fulcrum-n$number" addr add "10.77.0.$number/24" dev eth0
  ip -n "fulcrum-n$number" link set eth0 up
  ip -n "fulcrum-n$number" link set lo up
done

# Slurm and its key.
mkdir -p "$work"/{state,d-n1,d-n2,t-n1,t-n2,cg,munge}
chmod 700 "$work/munge"
dd if=/dev/urandom of="$work/munge/key" bs=1024 count=1 2>/dev/null
chmod 400 "$work/munge/key"
cat >"$work/slurm.conf" <<CONF
ClusterName=tiny
SlurmctldHost=ctl(10.77.0.10)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket
CredType=cred/munge
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/d-%n
SlurmctldPidFile=$work/ctld.pid
SlurmdPidFile=$work/d-%n.pid
SlurmctldLogFile=$work/ctld.log
SlurmdLogFile=$work/d-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
MpiDefault=pmix
SlurmdParameters=config_overrides
KillWait=3
MinJobAge=60
UnkillableStepTimeout=20
NodeName=n1 NodeHostname=n1 NodeAddr=10.77.0.1 CPUs=2 Boards=1 SocketsPerBoard=1 CoresPerSocket=2 ThreadsPerCore=1 RealMemory=2000
NodeName=n2 NodeHostname=n2 NodeAddr=10.77.0.2 CPUs=2 Boards=1 SocketsPerBoard=1 CoresPerSocket=2 ThreadsPerCore=1 RealMemory=2000
PartitionName=p Nodes=n1,n2 Default=YES MaxTime=10 State=UP
TmpFS=$work/t-%n
CONF
printf 'CgroupPlugin=cgroup/v1\nCgroupMountpoint=%s/cg\nCgroupAutomount=no\n' "$work" >"$work/cgroup.conf"
export SLURM_CONF=$work/slurm.conf
munged --foreground --force --key-file="$work/munge/key" --socket="$work/munge/socket" --pid-file="$work/munge/pid" \
  --log-file="$work/munge/log" --seed-file="$work/munge/seed" 2>/dev/null &
daemons+=($!)
slurmctld -D >/dev/null 2>&1 &
daemons+=($!)
# What MPI is told of these hosts: TCP between them, and no other way.
export OMPI_MCA_btl=tcp,self OMPI_MCA_pml=ob1 OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
for host in n1 n2; do
  ip netns exec "fulcrum-$host" unshare --uts bash -c "hostname $host && exec slurmd -D -N $host" >/dev/null 2>&1 &
  daemons+=($!)
done
for _ in $(seq 100); do
  [ "$(sinfo -h -t idle -o %D 2>/dev/null)" = 2 ] && break
  sleep 0.2
done
sinfo -h -N -o "  host %N: %t, %c processors" || { tail -3 "$work"/*.log; exit 1; }
[ "$(sinfo -h -t idle -o %D)" = 2 ] || { echo "Slurm does not come up" >&2; tail -5 "$work"/*.log; exit 1; }

# The program as a user of the cluster has it: the plug-in, a lane.
export HOME=$work/home XDG_CONFIG_HOME=$work/home/config
mkdir -p "$XDG_CONFIG_HOME/fulcrum/lanes" "$work/runs"
unset FULCRUM_MPI
MPICC=mpicc.openmpi "$FULCRUM" mpi build || exit 1
export PMIX_MCA_gds=hash
srun -N 2 -n 4 --mpi=pmix "$FULCRUM" mpi check || fail "the ranks do not find each other"
cat >"$XDG_CONFIG_HOME/fulcrum/lanes/tiny.toml" <<LANE
title = "Tiny"
nodes = 2
ranks = 4
threads = 1
time = "0:05:00"
LANE

fingerprint() {
  (cd "$1" && find final iterations -type f ! -name '.*' | LC_ALL=C sort | while read -r file; do
    case $file in
      *.json) awk '/"(seconds|cpuSeconds)" :/ { skip = /\{/ && !/\}/; next } skip { if (/\}/) skip = 0; next } { print }' "$file" ;;
      *) cat "$file" ;;
    esac | sha256sum | sed "s|-|$file|"
  done)
}
compare() {
  if fingerprint "$1" | cmp -s - "$work/expected"; then
    say "$2: the same bytes as one process"
  else
    fail "$2: the result differs"
    fingerprint "$1" | diff - "$work/expected" | head
    tail -20 "$1/queue.log"
  fi
}
status() { sed -n 's/.*"status" : "\([a-z]*\)".*/\1/p' "$1/run.json" 2>/dev/null; }
number() { sed -n 's/.*"number" : "\([0-9]*\)".*/\1/p' "$1/queue.json"; }
# Waits until a command succeeds, at most so many seconds.
await() {
  local left=$(($1 * 5))
  shift
  until "$@"; do
    left=$((left - 1))
    [ $left -gt 0 ] || return 1
    sleep 0.2
  done
}
is() { [ "$(status "$1")" = "$2" ]; }
searches() { grep -q '"stage" : "search"' "$1/run.json" 2>/dev/null; }
gone() { [ -z "$(squeue -h -j "$1" 2>/dev/null)" ]; }
# The longer it takes, the more there is to interrupt.
long=(--set refinement.extra_passes=4 --set refinement.maximum_iterations=12)

"$FULCRUM" run "$job" --threads 1 --output "$work/whole" "${long[@]}" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
fingerprint "$work/whole" >"$work/expected"
say "one process without Slurm: $(wc -l <"$work/expected") files"

# 1. Handed over, watched from the login node, to its end.
"$FULCRUM" run "$job" --lane tiny --output "$work/runs/plain" "${long[@]}" 2>/dev/null | grep -E "Handed|folder" || fail "not handed over"
grep -E "^#SBATCH|srun" "$work/runs/plain/submit.sh" | sed 's/^/       /'
timeout 240 "$FULCRUM" watch --plain "$work/runs/plain" >"$work/watched" &
watcher=$!
await 60 is "$work/runs/plain" running || fail "it does not begin"
say "$("$FULCRUM" list "$work" | tail -1)"
wait $watcher || fail "watching ended with $?"
grep -E "waits as|Resumed at|Iteration 1:|The run is" "$work/watched" | sed 's/^/       /'
compare "$work/runs/plain" "handed over"

# 2. One of its ranks is killed: all end, the scheduler's job with them; the same script goes on.
"$FULCRUM" run "$job" --lane tiny --output "$work/runs/killed" "${long[@]}" >/dev/null 2>&1 || fail "not handed over"
await 60 searches "$work/runs/killed" || fail "it does not search"
victims=($(pgrep -f "^$FULCRUM resume .*$work/runs/killed"))
for process in "${victims[@]}"; do
  rank=$(tr '\0' '\n' <"/proc/$process/environ" | sed -n 's/^SLURM_PROCID=//p')
  if [ "$rank" = 2 ]; then
    host=$(tr '\0' '\n' <"/proc/$process/environ" | sed -n 's/^SLURMD_NODENAME=//p')
    killed=$(date +%s%N)
    kill -9 "$process"
    say "rank 2 is killed, on $host"
  fi
done
job2=$(number "$work/runs/killed")
ended() { ! pgrep -f "^$FULCRUM resume .*$work/runs/killed" >/dev/null; }
await 20 ended || fail "the others go on"
say "the others have ended $((($(date +%s%N) - killed) / 1000000)) ms later"
[ $((($(date +%s%N) - killed) / 1000000)) -le 10000 ] || fail "too late"
await 30 gone "$job2" || fail "the job is still there"
# From here nobody can look at the processes of the other host: a run without a sign of life for two minutes is gone.
say "the run is listed as $("$FULCRUM" list "$work" | awk '$1 == "killed" { print $2 }')"
sbatch --parsable --wait --nodes=1 --ntasks=2 "$work/runs/killed/submit.sh" >"$work/log" || fail "the script failed: $(cat "$work/log")"
compare "$work/runs/killed" "gone on with on two ranks of one host"

# 3. The signal before the end of its time: the run saves, the job goes into the queue again and goes on.
"$FULCRUM" run "$job" --lane tiny --output "$work/runs/signalled" "${long[@]}" >/dev/null 2>&1 || fail "not handed over"
await 60 searches "$work/runs/signalled" || fail "it does not search"
job3=$(number "$work/runs/signalled")
scancel --signal=USR1 "$job3"
await 20 is "$work/runs/signalled" stopped || fail "it does not stop"
say "USR1: the run is $(status "$work/runs/signalled"), $(sed -n 's/.*"message" : "\(.*\)".*/\1/p' "$work/runs/signalled/run.json")"
await 180 is "$work/runs/signalled" finished || fail "it does not go on"
say "restarts of job $job3: $(scontrol show job "$job3" | sed -n 's/.*Restarts=\([0-9]*\).*/\1/p')"
compare "$work/runs/signalled" "gone on with by itself"

# 4. In the queue behind a job that takes both hosts, and out of it.
sbatch --parsable -N 2 -n 4 --time=0:05:00 --output=/dev/null --wrap "sleep 300" >"$work/blocker"
"$FULCRUM" run "$job" --lane tiny --output "$work/runs/waiting" >/dev/null 2>&1 || fail "not handed over"
say "$("$FULCRUM" list "$work" | grep '^waiting')"
job4=$(number "$work/runs/waiting")
# As the screens do it: X, then y.
if command -v tmux >/dev/null; then
  tmux -L "fulcrum-$$" -f /dev/null new-session -d -x 80 -y 24 "env HOME=$HOME XDG_CONFIG_HOME=$XDG_CONFIG_HOME '$FULCRUM' watch '$work/runs/waiting'"
  sleep 2
  tmux -L "fulcrum-$$" capture-pane -p | sed -n '1,4p' | sed 's/^/       /'
  tmux -L "fulcrum-$$" send-keys X
  sleep 1
  tmux -L "fulcrum-$$" send-keys y
  sleep 2
  tmux -L "fulcrum-$$" kill-server
else
  scancel "$job4"
fi
await 10 gone "$job4" || fail "the job is still in the queue"
say "$("$FULCRUM" list "$work" | grep '^waiting')"
scancel "$(cat "$work/blocker")"
await 20 gone "$(cat "$work/blocker")" || fail "the other job does not end"

[ $faults -eq 0 ] && say "all as it should be" || { say "$faults faults"; exit 1; }
