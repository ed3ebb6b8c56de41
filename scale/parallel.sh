#!/usr/bin/env bash
# Classifies on several machines with GNU parallel. Each machine takes one shard of the inputs at a time.
#
#   scale/parallel.sh OUT.jsonl [PARALLEL-OPTION…] -- [IMNET-OPTION…] PATH…
#
#   scale/parallel.sh labels.jsonl --sshlogin node1,node2 -- photos
#   SHARDS=64 scale/parallel.sh labels.jsonl --sshloginfile nodes.txt -- --model resnet18 photos
#
# The machines must see the same folders under the same names. If a machine or process dies, another continues its
# shard. If all of it is interrupted, the same command continues. OUT.jsonl has the rows of a single run, in the same
# order. SHARDS is the number of parts (16), IMNET the program (imnet).
set -euo pipefail

die() { printf 'scale/parallel.sh: %s\n' "$*" >&2; exit 2; }

[[ $# -gt 1 ]] || { sed -n '2,/^set/{/^#/!d; s/^# \{0,1\}//p}' "$0" >&2; exit 2; }
command -v parallel >/dev/null || die "GNU parallel is not installed"
out=$1; shift
options=()
while [[ $# -gt 0 && $1 != -- ]]; do options+=("$1"); shift; done
[[ $# -gt 1 ]] || die "name the inputs after --"
shift

program=${IMNET:-imnet}
shards=${SHARDS:-16}
parts=$(realpath -m "$out").parts
mkdir -p "$parts"

# The job of one shard. Status 1 means that an input failed: it has its row, so the job is not repeated.
job=$(printf '%q ' "$program" "$@" --format jsonl --quiet --resume)
cat >"$parts/job.new" <<END
#!/usr/bin/env bash
cd $(printf %q "$PWD") || exit
$job --shard "\$1/$shards" -o $(printf %q "$parts")/"\$1-of-$shards.jsonl"
status=\$?
[[ \$status -le 1 ]] || exit \$status
END
if [[ -e $parts/job ]] && ! cmp -s "$parts/job" "$parts/job.new"; then
    rm "$parts/job.new"
    die "$parts holds the parts of another command: remove that folder to start again"
fi
mv "$parts/job.new" "$parts/job"

# One shard at a time on each machine, because imnet uses all cores.
seq "$shards" | parallel --jobs 1 --retries 4 --halt soon,fail=1 "${options[@]}" bash "$(printf %q "$parts/job")" {}

"$program" merge "$parts"/*-of-"$shards".jsonl -o "$out"
