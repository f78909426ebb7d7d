#!/usr/bin/env bash
# Plants mistakes in the parts that decide, one at a time, and says which of them no test notices. Reports go to
# out/mutants. Fails below the score in tests/stryker. The slow tests are left out, so that a mistake that only
# they notice counts as unnoticed. All parts take hours on two cores: name those that matter, or take a share.
#   scripts/mutants.sh                      every part
#   scripts/mutants.sh Balancing Resolving  some parts
#   scripts/mutants.sh 'Balancing/Ej*'      some files of one
#   SHARE=8 scripts/mutants.sh              one block of code in eight, always the same ones
#   SHARE=8 PART=3 scripts/mutants.sh       another one in eight (0 to 7)
set -euo pipefail
cd "$(dirname "$0")/.."

readonly BLOCK=1500 # characters: a method or two
share="${SHARE:-1}" part="${PART:-0}"
((share >= 1)) || { echo "SHARE=$share: name 1 or more" >&2; exit 2; }
((part >= 0 && part < share)) || { echo "PART=$part: name one from 0 to $((share - 1))" >&2; exit 2; }
declare -A folders=(
  [worker]="Accepting Balancing Exchanges Filtering Http Http1 Matching Pools Swapping Transports Workers"
  [control]="Resolving Translating"
  [bridge]="Reconciling"
)
declare -A projects=(
  [worker]=src/Serval.DataPlane [control]=src/Serval.Control [bridge]=src/Serval.VppBridge
)

# The files of a pattern, each with the blocks of it that are in the share.
mutate() {
  local project="$1" pattern="$2" file size start spans
  [[ "$pattern" == */* ]] || pattern="$pattern/*"
  for file in "${projects[$project]}"/$pattern.cs; do
    spans=""
    if [ "$share" -gt 1 ]; then
      size=$(wc -m <"$file")
      for ((start = 0; start < size; start += BLOCK)); do
        if [ $(($(cksum <<<"$file $start" | cut -d' ' -f1) % share)) -eq "$part" ]; then
          spans+="{$start..$((start + BLOCK))}"
        fi
      done
      [ -n "$spans" ] || continue
    fi
    arguments+=(--mutate "${file#"${projects[$project]}/"}$spans")
  done
}

dotnet tool restore >/dev/null
status=0 found=0
for project in worker control bridge; do
  arguments=()
  for folder in ${folders[$project]}; do
    if [ $# -eq 0 ]; then
      mutate "$project" "$folder"
    else
      for pattern in "$@"; do
        [ "${pattern%%/*}" != "$folder" ] || mutate "$project" "$pattern"
      done
    fi
  done
  [ ${#arguments[@]} -gt 0 ] || continue
  found=1
  (cd tests/stryker && dotnet tool run dotnet-stryker --config-file "$project.json" \
    --output "../../out/mutants/$project" "${arguments[@]}") || status=1
done
((found)) || { echo "nothing is planted: no file is called '$*', or none of its blocks is in the share" >&2; exit 2; }
exit $status
