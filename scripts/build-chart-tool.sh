#!/usr/bin/env bash
# Builds the test-only tool that renders Helm charts with Debian's Go and its libraries, and prints where it is. Builds only
# when a source is newer than the program.
set -euo pipefail
cd "$(dirname "$0")/.."
program=$PWD/out/test-tools/chart-tool
if [ ! -x "$program" ] || [ -n "$(find tests/chart-tool -name '*.go' -newer "$program")" ]; then
  command -v go >/dev/null || { echo "go is missing: scripts/install-test-tools.sh installs it" >&2; exit 1; }
  mkdir -p "$(dirname "$program")"
  # The name is taken at the end, so that two builds at once do no harm.
  (cd tests/chart-tool && GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS='' go build -o "$program.$$" .) >&2
  mv "$program.$$" "$program"
fi
echo "$program"
