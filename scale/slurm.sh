#!/usr/bin/env bash
# Classifies on a Slurm cluster: a job array, a shard of the inputs a task.
#
#   job=$(sbatch --parsable --array=1-16 scale/slurm.sh OUT.jsonl [IMNET-OPTION…] PATH…)
#   sbatch --dependency=afterok:"$job" --wrap 'imnet merge OUT.jsonl.parts/*.jsonl -o OUT.jsonl'
#
# The nodes see the same folders under the same names. A process that is killed is started again where
# it stopped, a task whose node is lost is queued again by Slurm. Single tasks are repeated with
# SHARDS=16 sbatch --array=3,7 …. IMNET: the program (imnet).
#
#SBATCH --job-name=imnet
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=imnet-%A_%a.log
set -uo pipefail

die() { printf 'scale/slurm.sh: %s\n' "$*" >&2; exit 2; }

[[ $# -gt 1 ]] || die "sbatch --array=1-16 scale/slurm.sh OUT.jsonl [IMNET-OPTION…] PATH…"
[[ -n ${SLURM_ARRAY_TASK_ID-} ]] || die "it is a job array: sbatch --array=1-N scale/slurm.sh …"
out=$1; shift
shards=${SHARDS:-$SLURM_ARRAY_TASK_MAX}
[[ $SLURM_ARRAY_TASK_ID -ge 1 && $SLURM_ARRAY_TASK_ID -le $shards ]] || die "--array must lie within 1-$shards"
mkdir -p "$out.parts"

for _ in 1 2 3 4; do
    "${IMNET:-imnet}" "$@" --format jsonl --quiet --resume --shard "$SLURM_ARRAY_TASK_ID/$shards" \
        -o "$out.parts/$SLURM_ARRAY_TASK_ID-of-$shards.jsonl"
    status=$?
    [[ $status -le 1 ]] && exit 0  # 1: an input that failed is a row
    [[ $status -le 128 ]] && exit $status
    printf 'scale/slurm.sh: killed by signal %d; going on\n' $((status - 128)) >&2
done
exit "$status"
