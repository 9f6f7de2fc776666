#!/usr/bin/env bash
# Ends the SLURM that scripts/slurm_up.sh started in DIR, by the process numbers that stand there, and nothing else.
set -u
dir=${1:?usage: slurm_down.sh DIR}
export SLURM_CONF=$dir/slurm.conf
[ -f "$SLURM_CONF" ] || exit 0
timeout 5 scancel -u "$(id -un)" 2>/dev/null
for _ in $(seq 60); do [ -z "$(timeout 2 squeue -h 2>/dev/null)" ] && break; sleep 0.1; done
pids=$(cat "$dir"/run/*.pid 2>/dev/null)
for pid in $pids; do kill "$pid" 2>/dev/null; done
for _ in $(seq 50); do
  alive=0
  for pid in $pids; do kill -0 "$pid" 2>/dev/null && alive=1; done
  [ $alive = 0 ] && break
  sleep 0.1
done
for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
rm -f "$dir"/run/*.pid
exit 0
