#!/usr/bin/env bash
# Writes the plain manifests of the repository from charts/serval, with Helm where it is installed and else with the
# renderer of the tests. `render.sh DIR` writes them below DIR instead; the tests compare the two.
set -Eeuo pipefail
trap 'echo "$(basename "$0"): failed in line $LINENO: $BASH_COMMAND" >&2' ERR
out=$(realpath -m "${1:-$(dirname "$0")/../..}")
cd "$(dirname "$0")/../.."

if command -v helm >/dev/null; then
  template=(helm template)
else
  template=("$(scripts/build-chart-tool.sh)" template)
fi

# manifest FILE COMMENT ARGUMENTS...
manifest() {
  local file=$1 comment=$2
  shift 2
  mkdir -p "$(dirname "$out/$file")"
  {
    echo "# Rendered from charts/serval by deploy/kubernetes/render.sh; change the chart, not this file."
    echo "# $comment"
    "${template[@]}" serval charts/serval -n serval-system --skip-tests "$@"
  } >"$out/$file.new"
  mv "$out/$file.new" "$out/$file"
}

# The admin token is the one thing that differs from the defaults: Helm makes it up, here you create the Secret.
own_token=(--set admin.token.create=false)

manifest deploy/kubernetes/serval.yaml "The chart's defaults. The Secret serval-admin is yours to create: docs/deploy.md." \
  "${own_token[@]}"
manifest examples/gateway/k8s/router-daemonset.yaml "The routers of the quick start." \
  "${own_token[@]}" --set gateway.enabled=false --set gatewayClass.create=false
manifest examples/gateway/k8s/gateway-deployment.yaml "The gateway of the quick start, which is told where the routers are." \
  "${own_token[@]}" --set router.enabled=false --set gateway.dataPlaneUrl=http://serval-router-internal:9901
manifest services/gateway.yaml "The control API of a PoP." \
  "${own_token[@]}" --set router.enabled=false --set gateway.antiAffinity=required \
  --set gateway.dataPlaneUrl=http://serval-router-internal:9901
manifest services/vpp-gateway.yaml "The VPP gateway of a PoP, with TCP open for other PoPs." \
  "${own_token[@]}" --set router.enabled=false --set gateway.enabled=false --set gatewayClass.create=false \
  --set vppGateway.enabled=true --set vppGateway.tcp.enabled=true \
  --set vppGateway.tcp.certificateSecret=serval-vpp-gateway-tls \
  --set "vppGateway.tcp.allowedClients=[operator.serval.example]"
manifest deploy/egress/deployment.yaml "The egress proxy. It does not carry traffic yet: see the README." -n serval-egress \
  "${own_token[@]}" --set router.enabled=false --set gateway.enabled=false --set gatewayClass.create=false \
  --set egress.enabled=true
