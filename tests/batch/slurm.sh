#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# batch/slurm on a cluster of one node on the loopback interface, made for this
# test alone: its own keys, ports and folders, by whoever runs it.

# shellcheck source=batch.bash
. "$SRC/tests/batch/batch.bash"
PATH=$PATH:/usr/sbin

for program in munged slurmctld slurmd sbatch sinfo; do
	command -v "$program" > .out || skip "$program is not installed"
done

# Two at once, so that they are not the same.
read -r ctl_port node_port < <(python3 -c 'import socket
both = [socket.socket(), socket.socket()]
for s in both:
    s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in both))')

host=$(hostname -s)
me=$(id -un)
cluster=$work/cluster
mkdir -p "$cluster/state" "$cluster/spool"
daemons=()

# What has gone by itself is no failure of the test.
trap 'kill "${daemons[@]}" 2> .err; wait; rm -rf "$work"' EXIT

head -c 1024 /dev/urandom > "$cluster/munge.key"
chmod 600 "$cluster/munge.key"
cat > "$cluster/slurm.conf" <<EOF
ClusterName=pincheck
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$ctl_port
SlurmdPort=$node_port
SlurmUser=$me
SlurmdUser=$me
AuthType=auth/munge
AuthInfo=socket=$cluster/munge.socket
StateSaveLocation=$cluster/state
SlurmdSpoolDir=$cluster/spool
SlurmctldPidFile=$cluster/slurmctld.pid
SlurmdPidFile=$cluster/slurmd.pid
SlurmctldLogFile=$cluster/slurmctld.log
SlurmdLogFile=$cluster/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,sched_min_interval=0
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
EOF
export SLURM_CONF=$cluster/slurm.conf

# What is the machine's: no control groups or no rights for a daemon of a user.
machine='cgroup|Operation not permitted|Permission denied|gethostbyname'
give_up() {
	local why

	why="the cluster does not start: $1: $(tail -qn 1 "$cluster"/*.log)"
	! grep -qE "$machine" "$cluster"/*.log ||
		skip "$why: $(grep -hEm 1 "$machine" "$cluster"/*.log)"
	fail "$why"
	finish
}

munged --foreground --force --key-file "$cluster/munge.key" \
	--socket "$cluster/munge.socket" --pid-file "$cluster/munged.pid" \
	--seed-file "$cluster/munge.seed" --log-file "$cluster/munged.log" \
	> .out 2>&1 &
daemons+=($!)
for ((i = 0; i < 50; i++)); do
	[ ! -S "$cluster/munge.socket" ] || break
	sleep 0.1
done
[ -S "$cluster/munge.socket" ] || give_up munged
slurmctld -D > .out 2>&1 &
daemons+=($!)
slurmd -D -N "$host" > .out 2>&1 &
daemons+=($!)
for ((i = 0; i < 150; i++)); do
	[ "$(sinfo -h -o %t 2> .err)" != idle ] || break
	sleep 0.1
done
[ "$(sinfo -h -o %t 2> .err)" = idle ] || give_up slurm

# Before ctest's own limit, which would leave the daemons behind.
timeout 240 "$SRC/batch/slurm" "$tree" 3 > .out 2> .err || {
	cat "$tree"/.cache/pincheck/parts/*.log "$cluster"/slurm*.log
	fail "batch/slurm failed"
}
grep -q 'Submitted batch job' .out || fail "no job was submitted"
for k in 1 2 3 merge; do
	grep -q 'units' "$tree/.cache/pincheck/parts/$k.log" ||
		fail "no log of job $k"
done
merged_is_whole "$tree/.cache/pincheck/parts/merge.log"
finish
