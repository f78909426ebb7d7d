#!/usr/bin/env bash
# Has thousands of slow or hostile peers besiege Serval, nginx and HAProxy in turn, beside one stranger who behaves well,
# and prints a table. Fails when Serval leaves a request of the stranger unanswered. Some four minutes.
#   bench/siege.sh --kind readers trailers --proxy serval    two sieges of Serval alone
#   bench/siege.sh --quick                                   shorter windows
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/build.sh >&2
dotnet build bench/Serval.Bench.Load -c Release -v q --nologo >&2
ulimit -n "$(ulimit -Hn)"
exec dotnet bench/Serval.Bench.Load/bin/Release/net10.0/Serval.Bench.Load.dll siege "$@"
