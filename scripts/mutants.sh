#!/usr/bin/env bash
# Plants mistakes in the worker's stages, one at a time, and says which of them no test notices. Hours for all
# stages: name those that matter, or files of them. Reports go to out/mutants. Fails below the score in
# tests/stryker-config.json.
#   scripts/mutants.sh                    every stage
#   scripts/mutants.sh Balancing          one stage
#   scripts/mutants.sh 'Balancing/Ej*'    some of its files
set -euo pipefail
cd "$(dirname "$0")/.."

dotnet tool restore >/dev/null
patterns=("$@")
[ ${#patterns[@]} -gt 0 ] \
  || patterns=(Accepting Balancing Exchanges Filtering Http Http1 Matching Pools Swapping Transports Workers)
arguments=()
for pattern in "${patterns[@]}"; do
  case "$pattern" in
    */*) arguments+=(--mutate "**/$pattern.cs") ;;
    *) arguments+=(--mutate "**/$pattern/*.cs") ;;
  esac
done

cd tests
dotnet tool run dotnet-stryker --config-file stryker-config.json --output ../out/mutants "${arguments[@]}"
