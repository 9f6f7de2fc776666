#!/usr/bin/env bash
# A real SLURM on this machine for the tests: munged, slurmctld and NODES slurmd, all on loopback, all state in one folder.
#   eval "$(scripts/slurm_up.sh DIR [NODES])"     prints `export SLURM_CONF=...`; undo with scripts/slurm_down.sh DIR
# Needs root and: apt-get install -y --no-install-recommends slurmctld slurmd slurm-client munge
set -euo pipefail
dir=${1:?usage: slurm_up.sh DIR [NODES]} nodes=${2:-3} port=${SLURM_PORT:-16800} host=$(hostname -s)
mkdir -p "$dir"/{state,spool,log,run}
dir=$(cd "$dir" && pwd)
if ! munge -n >/dev/null 2>&1; then # the package leaves these folders to systemd
  install -d -o munge -g munge -m 0755 /run/munge
  install -d -o munge -g munge -m 0700 /var/log/munge /var/lib/munge
  rm -f /run/munge/munge*
  [ -s /etc/munge/munge.key ] || runuser -u munge -- mungekey -c
  runuser -u munge -- /usr/sbin/munged
  cp /run/munge/munged.pid "$dir/run/munged.pid" # ours to end
fi
cat >"$dir/slurm.conf" <<CONF
ClusterName=channelsim-test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
SlurmctldPort=$((port + 17))
SlurmdPort=$((port + 18))
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool/%n
SlurmctldPidFile=$dir/run/slurmctld.pid
SlurmdPidFile=$dir/run/slurmd-%n.pid
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd-%n.log
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SchedulerParameters=sched_interval=1,batch_sched_delay=0,sched_min_interval=0,bf_interval=1
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
SlurmdTimeout=10
SlurmdParameters=config_overrides
KillWait=3
CONF
for i in $(seq "$nodes"); do
  echo "NodeName=node$i NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 200 + i)) CPUs=2 RealMemory=8000" >>"$dir/slurm.conf"
done
echo "PartitionName=test Nodes=ALL Default=YES MaxTime=60 State=UP" >>"$dir/slurm.conf"
export SLURM_CONF=$dir/slurm.conf
slurmctld -f "$SLURM_CONF"
for i in $(seq "$nodes"); do mkdir -p "$dir/spool/node$i" && slurmd -f "$SLURM_CONF" -N "node$i"; done
for _ in $(seq 200); do
  [ "$(sinfo -h -N -o %t 2>/dev/null | grep -c '^idle$')" -ge "$nodes" ] && echo "export SLURM_CONF=$SLURM_CONF" && exit 0
  sleep 0.1
done
echo "SLURM did not come up:" >&2
tail -20 "$dir"/log/*.log >&2
exit 1
