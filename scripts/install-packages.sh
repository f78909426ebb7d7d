#!/usr/bin/env bash
# Installs Debian packages whose commands or files are missing: scripts/install-packages.sh WHAT:PACKAGE...
# WHAT is a command, or a file by its full path. Fails when something is missing and cannot be installed.
set -euo pipefail

missing=()
for pair in "$@"; do
  what=${pair%%:*}
  case "$what" in
    /*) [ -e "$what" ] || missing+=("${pair#*:}") ;;
    # Daemons are in sbin, which is not on every user's path.
    *) PATH="$PATH:/usr/sbin:/sbin" command -v "$what" >/dev/null || missing+=("${pair#*:}") ;;
  esac
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! sudo -n true 2>/dev/null; then
    echo "not installed, and this is not root: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo -n)
fi
command -v apt-get >/dev/null || { echo "no apt-get here; please install: ${missing[*]}" >&2; exit 1; }

echo "installing: ${missing[*]}"
# Programs are wanted, not services that take ports at once.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod +x "$policy"
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
fi
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
