#!/usr/bin/env bash
# Writes serval-router.json and talos/seccomp-edge.yaml from observed.txt (what strace saw, see observe.sh) and extra.txt
# (what it could not see, each with its reason). `generate.sh DIR` writes below DIR instead; the tests compare the two.
set -Eeuo pipefail
trap 'echo "$(basename "$0"): failed in line $LINENO: $BASH_COMMAND" >&2' ERR
out=$(realpath -m "${1:-$(dirname "$0")/../..}")
cd "$(dirname "$0")"
command -v jq >/dev/null || { echo "generate.sh needs jq: install it and run this again" >&2; exit 1; }

# clone must not make namespaces; clone3 hides its flags in memory, so glibc is sent back to clone.
profile=$(sed 's/ *#.*//' observed.txt extra.txt | grep -v '^$' | sort -u | grep -vx -e clone -e clone3 | jq -Rn '[inputs] | {
  defaultAction: "SCMP_ACT_ERRNO",
  defaultErrnoRet: 1,
  architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"],
  syscalls: [
    {names: ., action: "SCMP_ACT_ALLOW"},
    {names: ["clone"], action: "SCMP_ACT_ALLOW",
     args: [{index: 0, value: 2114060288, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ"}]},
    {names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: 38}
  ]}')
mkdir -p "$out/deploy/seccomp" "$out/talos"
printf '%s\n' "$profile" >"$out/deploy/seccomp/serval-router.json"
{
  echo "# The router's seccomp profile for edge nodes, Talos 1.13 and 1.14: /var/lib/kubelet/seccomp/profiles/serval-router.json."
  echo "# Made by deploy/seccomp/generate.sh; a change becomes active when the node restarts the pod."
  echo "machine:"
  echo "  seccompProfiles:"
  echo "    - name: serval-router.json"
  echo "      value:"
  jq -r --arg indent "        " '
    "\($indent)defaultAction: \(.defaultAction)",
    "\($indent)defaultErrnoRet: \(.defaultErrnoRet)",
    "\($indent)architectures: [\(.architectures | join(", "))]",
    "\($indent)syscalls:",
    (.syscalls[] | "\($indent)  - action: \(.action)",
      (if .errnoRet then "\($indent)    errnoRet: \(.errnoRet)" else empty end),
      (if .args then "\($indent)    args: \(.args | tojson)" else empty end),
      "\($indent)    names:", (.names[] | "\($indent)      - \(.)"))' <<<"$profile"
} >"$out/talos/seccomp-edge.yaml"
