#!/usr/bin/env bash
# Packs out/serval: scripts/package.sh deb | tarball. Writes into out/. VERSION=... replaces the program's own version.
# dpkg-deb makes the Debian package from the files of packaging/; nothing of it needs root.
set -euo pipefail
cd "$(dirname "$0")/.."
form=${1:?deb or tarball}
program=out/serval
[ -x "$program" ] || { echo "$program is missing: make build" >&2; exit 1; }
version=${VERSION:-$("$program" version -o json | sed -n 's/.*"version": "\(.*\)".*/\1/p')}
machine=$(uname -m)
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

# Manual pages and completions, made by the program itself.
documents() {
  "$program" man "$1/man"
  mkdir "$1/completion"
  for shell in bash zsh fish; do "$program" completion "$shell" >"$1/completion/serval.$shell"; done
}

tarball() {
  local name=serval-$version-linux-$machine root
  root=$stage/$name
  mkdir "$root"
  install -m 0755 "$(readlink -f "$program")" "$root/serval"
  documents "$root"
  install -m 0644 LICENSE README.md CHANGELOG.md packaging/serval.service packaging/serval.logrotate "$root"
  cp -r examples/quickstart "$root/quickstart"
  # The same input gives the same bytes.
  tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$stage" -c "$name" | gzip -n9 >"out/$name.tar.gz"
  echo "out/$name.tar.gz"
}

deb() {
  scripts/install-packages.sh dpkg-deb:dpkg
  local root=$stage/root architecture package
  architecture=$(case "$machine" in x86_64) echo amd64 ;; aarch64) echo arm64 ;; esac)
  package=out/serval_${version}_$architecture.deb
  mkdir "$stage/made"
  documents "$stage/made"
  install -Dm 0755 "$(readlink -f "$program")" "$root/usr/bin/serval"
  install -Dm 0644 packaging/serval.service "$root/usr/lib/systemd/system/serval.service"
  install -Dm 0644 packaging/serval.default "$root/etc/default/serval"
  install -Dm 0644 packaging/serval.logrotate "$root/etc/logrotate.d/serval"
  install -Dm 0644 packaging/gateway.yaml "$root/etc/serval/gateway.yaml"
  install -Dm 0644 "$stage/made/completion/serval.bash" "$root/usr/share/bash-completion/completions/serval"
  install -Dm 0644 "$stage/made/completion/serval.zsh" "$root/usr/share/zsh/vendor-completions/_serval"
  install -Dm 0644 "$stage/made/completion/serval.fish" "$root/usr/share/fish/vendor_completions.d/serval.fish"
  install -Dm 0644 LICENSE "$root/usr/share/doc/serval/copyright"
  gzip -n9 <CHANGELOG.md | install -Dm 0644 /dev/stdin "$root/usr/share/doc/serval/changelog.gz"
  for page in "$stage"/made/man/*.1; do
    gzip -n9 "$page"
    install -Dm 0644 "$page.gz" "$root/usr/share/man/man1/$(basename "$page").gz"
  done
  mkdir "$root/DEBIAN"
  sed "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@SIZE@/$(du -ks "$root" | cut -f1)/" \
    packaging/debian/control.in >"$root/DEBIAN/control"
  (cd "$root" && find etc -type f -printf '/%p\n' | sort) >"$root/DEBIAN/conffiles"
  install -m 0755 packaging/debian/postinst packaging/debian/prerm packaging/debian/postrm "$root/DEBIAN"
  find "$root" -exec touch -hd @0 {} +
  SOURCE_DATE_EPOCH=0 dpkg-deb --root-owner-group -Zxz --build "$root" "$package" >/dev/null
  echo "$package"
}

case "$form" in
  deb | tarball) "$form" ;;
  *) echo "deb or tarball, not $form" >&2; exit 2 ;;
esac
