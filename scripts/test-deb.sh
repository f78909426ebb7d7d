#!/usr/bin/env bash
# Installs, starts, upgrades and removes the Debian package in a fresh Debian below a chroot. Needs root and a
# Debian mirror. The chroot has no systemd that runs: the service's own command is started as its user, with the
# capability that the unit grants; the unit itself is read by systemd-analyze.
set -euo pipefail
cd "$(dirname "$0")/.."
suite=${SUITE:-trixie}
mirror=${MIRROR:-$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p; s/^deb \([^ ]*\).*/\1/p' /etc/apt/sources.list.d/debian.sources \
  /etc/apt/sources.list 2>/dev/null | head -1 || true)}
scripts/install-packages.sh debootstrap:debootstrap dpkg-deb:dpkg
first=$(scripts/package.sh deb)
second=$(VERSION=999.0 scripts/package.sh deb)
root=$(mktemp -d /var/tmp/serval-deb.XXXXXX)
chmod 0755 "$root" # the root folder of others, too
pid=
finish() {
  [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
  wait
  umount "$root/proc" 2>/dev/null || true
  rm -rf --one-file-system "$root"
  rm -f "$second"
}
trap finish EXIT
step() { echo "== $*"; }
check() { "$@" || { echo "FAILED: $*" >&2; exit 1; }; }
inside() { chroot "$root" "$@"; }
# The log is written by a thread of its own, a moment after the answer.
eventually() {
  for _ in $(seq 100); do "$@" && return; sleep 0.1; done
  echo "FAILED: $*" >&2
  exit 1
}

step "a fresh Debian $suite"
debootstrap --variant=minbase --include=adduser,curl "$suite" "$root" "${mirror:-http://deb.debian.org/debian}" \
  >"$root.log" 2>&1 || { tail "$root.log" >&2; exit 1; }
rm -f "$root.log"
mount -t proc proc "$root/proc"
# Nothing of the package manager starts services here.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod +x "$root/usr/sbin/policy-rc.d"

# What the unit and the logrotate file are checked with; the package itself needs neither.
inside sh -c 'apt-get update -q && apt-get install -qy --no-install-recommends systemd logrotate' >"$root.log" 2>&1 ||
  echo "systemd or logrotate cannot be installed here: $(tail -1 "$root.log")"
rm -f "$root.log"

# Starts what the unit says, as its user, and waits until it is ready.
start() {
  local command
  # shellcheck disable=SC2016 # the variable is systemd's
  command=$(sed -n 's/^ExecStart=\(.*\) \$SERVAL_OPTIONS$/\1/p' "$root/usr/lib/systemd/system/serval.service")
  # shellcheck disable=SC2086 # the command is words
  chroot "$root" setpriv --reuid serval --regid serval --clear-groups --inh-caps +net_bind_service \
    --ambient-caps +net_bind_service --bounding-set -all,+net_bind_service --no-new-privs \
    $command --workers 1 >"$root/serval.log" 2>&1 &
  pid=$!
  for _ in $(seq 100); do
    inside serval ready --timeout 1s 127.0.0.1:9901 >/dev/null 2>&1 && return
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  cat "$root/serval.log" >&2
  exit 1
}
stop() {
  kill "$pid"
  wait "$pid" || { cat "$root/serval.log" >&2; exit 1; }
  pid=
}

step "install"
cp "$first" "$second" "$root/"
check inside dpkg -i "/$(basename "$first")"
check inside getent passwd serval
check inside serval validate --strict /etc/serval
check test -s "$root/usr/share/man/man1/serval-run.1.gz"
check inside bash -n /usr/share/bash-completion/completions/serval
if [ -x "$root/usr/sbin/logrotate" ]; then check inside logrotate --debug /etc/logrotate.d/serval; fi
if [ -x "$root/usr/bin/systemd-analyze" ]; then
  step "the unit as systemd reads it"
  check inside systemd-analyze verify --man=no serval.service
  inside systemd-analyze security --offline=true serval.service | tail -1
fi

step "start: port 80 is open, though the user is not root"
start
check test "$(inside curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:80/)" = 404
eventually inside grep -q '"status": *404' /var/log/serval/access.log
inside serval status
step "rotate"
mv "$root/var/log/serval/access.log" "$root/var/log/serval/access.log.1"
kill -USR1 "$pid"
check inside curl -s --retry 5 --retry-all-errors -o /dev/null http://127.0.0.1:80/
eventually test -s "$root/var/log/serval/access.log"
stop

step "upgrade: a changed configuration stays"
echo '# changed by hand' >>"$root/etc/serval/gateway.yaml"
check inside dpkg -i "/$(basename "$second")"
check inside grep -q 'changed by hand' /etc/serval/gateway.yaml
# shellcheck disable=SC2016 # the variable is dpkg's
check test "$(inside dpkg-query -W -f '${Version}' serval)" = 999.0
start
stop

step "remove, then purge"
check inside dpkg -r serval
check test ! -e "$root/usr/bin/serval"
check test -e "$root/etc/serval/gateway.yaml"
check inside dpkg -P serval
check test ! -e "$root/etc/serval/gateway.yaml"
check test ! -e "$root/var/log/serval"
echo "the package can be installed, started, upgraded and removed"
