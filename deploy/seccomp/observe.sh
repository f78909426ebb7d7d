#!/usr/bin/env bash
# Writes observed.txt: the system calls of the published program in its integration tests, both roles, by strace.
# Run it after `make build`; takes some minutes. Then run generate.sh, and read the difference.
set -Eeuo pipefail
trap 'echo "$(basename "$0"): failed in line $LINENO: $BASH_COMMAND" >&2' ERR
cd "$(dirname "$0")/../.."
for tool in strace dotnet; do
  command -v "$tool" >/dev/null || { echo "observe.sh needs $tool: install it and run this again" >&2; exit 1; }
done
program=$PWD/out/serval
[ -x "$program" ] || { echo "out/serval is missing: run make build first" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# -D: the program keeps the process that its parent started, so that signals arrive.
cat >"$work/serval" <<SCRIPT
#!/bin/sh
exec strace -D -ff -qq -o "$work/trace" "$program" "\$@"
SCRIPT
chmod +x "$work/serval"
dotnet build tests/Serval.Integration.Tests -c Release -v q --nologo -clp:NoSummary
# What is seen counts, not what passes: under strace some tests are too slow.
SERVAL_PROGRAM=$work/serval dotnet test tests/Serval.Integration.Tests --no-build -c Release -v q --nologo || true

{
  echo "# System calls that strace saw, on $(uname -m) by deploy/seccomp/observe.sh. Not to be edited: extra.txt is for that."
  cat "$work"/trace.* | sed -n 's/^\([a-z_0-9]*\)(.*/\1/p' | sort -u
} >deploy/seccomp/observed.txt
wc -l <deploy/seccomp/observed.txt
