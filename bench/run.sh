#!/usr/bin/env bash
# Measures Serval beside nginx, HAProxy and the bare forwarder, and writes bench/results/DATE-COMMIT.md.
#   bench/run.sh --quick                                  four scenarios, ends within three minutes
#   bench/run.sh --scenario keepalive-64 --proxy nginx bare --rounds 5 --laps 4
# Proxies run on core 0 (--proxy-cpu), generator and origin on core 1 (--cpu). Wants an otherwise idle machine.
set -euo pipefail
cd "$(dirname "$0")/.."

# What cannot be installed or built is named in its row of the tables.
scripts/install-test-tools.sh >&2
scripts/build.sh >&2 || echo "bench: the build failed; measuring what out/serval is, if it is there" >&2
for project in Load Bare; do
    dotnet build "bench/Serval.Bench.$project" -c Release -v q --nologo >&2
done

ulimit -n "$(ulimit -Hn)"
# A large cluster is measured by the tests' harness, which has a real API server.
if [[ " $* " == *" kubernetes "* ]]; then
  [ -n "${KUBEBUILDER_ASSETS:-}" ] || [ ! -x ../shared/kube/unpack.sh ] || ../shared/kube/unpack.sh out/kube
  export KUBEBUILDER_ASSETS="${KUBEBUILDER_ASSETS:-$PWD/out/kube}" SERVAL_PROGRAM="$PWD/out/serval"
  export SERVAL_KUBERNETES_LOAD=1
  SERVAL_KUBERNETES_RESULTS="$PWD/bench/results/$(date -u +%Y-%m-%d)-$(git rev-parse --short=10 HEAD)-kubernetes.md"
  export SERVAL_KUBERNETES_RESULTS
  command=(dotnet test tests/Serval.Kubernetes.Tests -c Release --filter A_large_cluster -v q --nologo
    -l "console;verbosity=detailed")
  # With a core to itself Serval does not wait for the API server and etcd, which have the other one.
  if [ -n "${SERVAL_KUBERNETES_APART:-}" ]; then
    printf '#!/bin/sh\nexec taskset -c 0 "%s" "$@"\n' "$SERVAL_PROGRAM" >out/serval-apart
    chmod +x out/serval-apart
    export SERVAL_PROGRAM="$PWD/out/serval-apart"
    command=(taskset -c 1 "${command[@]}")
  fi
  exec "${command[@]}"
fi
exec dotnet bench/Serval.Bench.Load/bin/Release/net10.0/Serval.Bench.Load.dll bench "$@"
