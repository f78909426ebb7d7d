#!/usr/bin/env bash
# Measures Serval beside nginx, HAProxy and the bare forwarder, and writes bench/results/DATE-COMMIT.md.
#   bench/run.sh --quick                                  four scenarios, ends within three minutes
#   bench/run.sh --scenario keepalive-64 --proxy nginx bare --rounds 5 --seconds 4
# Proxies run on core 0 (--proxy-cpu), generator and origin on core 1 (--cpu). Wants an otherwise idle machine.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
for program in nginx haproxy; do
    [ -x "/usr/sbin/$program" ] || missing+=("$program")
done
if [ "${#missing[@]}" -gt 0 ]; then
    # What cannot be installed is named in its row of the tables.
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
        "${missing[@]}"; } >&2 || echo "bench: could not install ${missing[*]}" >&2
fi

if [ -f Makefile ]; then
    make build >&2 || echo "bench: make build failed; measuring what out/serval is, if it is there" >&2
fi
for project in Load Bare; do
    dotnet build "bench/Serval.Bench.$project" -c Release -v q --nologo >&2
done

ulimit -n "$(ulimit -Hn)"
exec dotnet bench/Serval.Bench.Load/bin/Release/net10.0/Serval.Bench.Load.dll bench "$@"
