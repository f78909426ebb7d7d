# Shared by the k3d scripts. Source it; it stops the script at the first command that fails and names it.
# shellcheck shell=bash
set -Eeuo pipefail
trap 'echo "$(basename "$0"): failed in line $LINENO: $BASH_COMMAND" >&2' ERR

# shellcheck disable=SC2034 # used by those who source this
CLUSTER=${SERVAL_K3D_CLUSTER:-serval}
# shellcheck disable=SC2034
IMAGE=${SERVAL_IMAGE:-localhost/serval:0.1.0}
# shellcheck disable=SC2034
NAMESPACE=serval-system
# shellcheck disable=SC2034
GATEWAY_API=${SERVAL_GATEWAY_API:-https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.6.1/standard-install.yaml}
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# need TOOL...: all that are missing are named at once.
need() {
  local tool missing=()
  for tool in "$@"; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  [ ${#missing[@]} -eq 0 ] && return
  echo "$(basename "$0") needs ${missing[*]}: install it and run this again" >&2
  exit 1
}

say() { echo "== $*"; }
