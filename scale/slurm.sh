#!/usr/bin/env bash
# Classifies on a Slurm cluster with a job array. Each task takes one shard of the inputs.
#
#   job=$(sbatch --parsable --array=1-16 scale/slurm.sh OUT.jsonl [IMNET-OPTION…] PATH…)
#   sbatch --dependency=afterok:"$job" --wrap 'imnet merge OUT.jsonl.parts/*.jsonl -o OUT.jsonl'
#
# The nodes must see the same folders under the same names. A process that is killed is started again and continues
# where it stopped. A task whose node is lost is queued again by Slurm. To repeat single tasks, use
# SHARDS=16 sbatch --array=3,7 …. IMNET is the program (imnet).
#
#SBATCH --job-name=imnet
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=imnet-%A_%a.log
set -uo pipefail

die() { printf 'scale/slurm.sh: %s\n' "$*" >&2; exit 2; }

[[ $# -gt 1 ]] || die "sbatch --array=1-16 scale/slurm.sh OUT.jsonl [IMNET-OPTION…] PATH…"
[[ -n ${SLURM_ARRAY_TASK_ID-} ]] || die "no SLURM_ARRAY_TASK_ID, and it is a job array: use sbatch --array=1-N scale/slurm.sh …"
out=$1; shift
shards=${SHARDS:-$SLURM_ARRAY_TASK_MAX}
[[ $SLURM_ARRAY_TASK_ID -ge 1 && $SLURM_ARRAY_TASK_ID -le $shards ]] || die "--array must lie within 1-$shards"
mkdir -p "$out.parts"

for _ in 1 2 3 4; do
    "${IMNET:-imnet}" "$@" --format jsonl --quiet --resume --shard "$SLURM_ARRAY_TASK_ID/$shards" \
        -o "$out.parts/$SLURM_ARRAY_TASK_ID-of-$shards.jsonl"
    status=$?
    [[ $status -le 1 ]] && exit 0  # 1: an input failed and has its row
    [[ $status -le 128 ]] && exit $status
    printf 'scale/slurm.sh: killed by signal %d; continuing\n' $((status - 128)) >&2
done
exit "$status"
