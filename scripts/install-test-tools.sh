#!/usr/bin/env bash
# Installs what tests and measurements use beside .NET, on Debian and its kin, and only what is missing.
# Without root it says what is missing and goes on: tests that need it are skipped with that reason.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

# The Go libraries are those that tests/chart-tool is made of.
scripts/install-packages.sh curl:curl openssl:openssl sslscan:sslscan testssl:testssl.sh gcc:gcc \
  python3:python3 wrk:wrk nginx:nginx-light haproxy:haproxy \
  /usr/lib/nginx/modules/ngx_stream_module.so:libnginx-mod-stream \
  buildah:buildah go:golang-go shellcheck:shellcheck zsh:zsh fish:fish jq:jq promtool:prometheus groff:groff-base \
  /usr/lib/python3/dist-packages/prometheus_client:python3-prometheus-client \
  /usr/bin/qemu-x86_64-static:qemu-user-static \
  /usr/include/linux/io_uring.h:linux-libc-dev /usr/include/stdio.h:libc6-dev \
  /usr/include/seccomp.h:libseccomp-dev \
  /usr/share/gocode/src/github.com/Masterminds/sprig:golang-github-masterminds-sprig-dev \
  /usr/share/gocode/src/github.com/xeipuuv/gojsonschema:golang-github-xeipuuv-gojsonschema-dev \
  /usr/share/gocode/src/sigs.k8s.io/yaml:golang-k8s-sigs-yaml-dev ||
  echo "tests that need these are skipped"
scripts/install-clients.sh
scripts/install-acme-server.sh
