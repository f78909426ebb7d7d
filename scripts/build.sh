#!/usr/bin/env bash
# Publishes out/serval. Code is compiled ahead of time (ReadyToRun) where the compiler for it can be had: the
# process starts faster and is smaller; otherwise it is compiled when it runs.
set -euo pipefail
cd "$(dirname "$0")/.."

case "$(uname -m)" in
  x86_64) rid=linux-x64 ;;
  aarch64) rid=linux-arm64 ;;
  *) echo "serval is built for x86_64 and aarch64, this is $(uname -m)" >&2; exit 1 ;;
esac

publish() {
  # What workers run is left to the runtime, which compiles it for this processor before the first request.
  dotnet publish src/Serval/Serval.csproj -c Release -r "$rid" --self-contained false -o out/bin \
    -v q --nologo -clp:NoSummary "$@"
}

mkdir -p out
if ! publish -p:PublishReadyToRun=true >out/build.log 2>&1; then
  echo "building without ahead-of-time compilation; out/build.log says why it could not be had"
  publish
fi
ln -sf bin/serval out/serval
out/serval --version >/dev/null
echo "built out/serval"
