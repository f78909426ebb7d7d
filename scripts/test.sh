#!/usr/bin/env bash
# Builds once, runs every test project, and ends with one line: "N passed, N failed, N skipped". Processes that
# tests start are the published ones: what is cut off in publishing has to show.
# Fails when a test fails, when a project cannot be run, and when a project runs no test.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

# Whoever runs this in the background may ignore signals, and children inherit that. Tests send these.
if [ -z "${SERVAL_TEST_SIGNALS:-}" ]; then
  SERVAL_TEST_SIGNALS=default exec env --default-signal=HUP,INT,QUIT scripts/test.sh "$@"
fi

scripts/install-test-tools.sh
dotnet build Serval.sln -c Release -v q --nologo -clp:NoSummary || { echo "the build failed"; exit 1; }
scripts/build.sh || { echo "publishing failed"; exit 1; }
export SERVAL_PROGRAM="$PWD/out/serval"

# The tests of the control plane run against a real API server where one is at hand.
if [ -z "${KUBEBUILDER_ASSETS:-}" ] && [ -x ../shared/kube/unpack.sh ]; then
  ../shared/kube/unpack.sh out/kube && export KUBEBUILDER_ASSETS="$PWD/out/kube"
fi

results=out/test-results
rm -rf "$results"
mkdir -p "$results"
status=0
for project in tests/*.Tests; do
  name=$(basename "$project")
  echo "== $name"
  dotnet test "$project/$name.csproj" --no-build -c Release --nologo \
    --logger "trx;LogFileName=$name.trx" --results-directory "$results" || status=1
  if [ ! -s "$results/$name.trx" ]; then
    echo "$name left no result: it crashed, or has no test"
    status=1
  fi
done

scripts/sum-tests.sh "$results"/*.trx || status=1
exit $status
