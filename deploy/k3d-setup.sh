#!/usr/bin/env bash
# Makes a k3d cluster that looks like a PoP: 1 server, 2 edge agents (labelled, tainted, ports mapped), 2 internal
# agents; then the Gateway API's definitions, Serval and the quick start. Run it again after k3d-delete.sh.
#   edge 1: localhost:30080 -> 80, localhost:30901 -> 9901     edge 2: localhost:30180 -> 80, localhost:30902 -> 9901
# shellcheck source-path=SCRIPTDIR source=k3d/lib.sh
. "$(dirname "$0")/k3d/lib.sh"
need docker k3d kubectl openssl

say "cluster $CLUSTER"
k3d cluster create "$CLUSTER" \
  --servers 1 --agents 4 \
  --k3s-arg "--disable=traefik,servicelb@server:*" \
  --k3s-node-label "serval.dev/role=edge@agent:0" --k3s-node-label "serval.dev/role=edge@agent:1" \
  --k3s-node-label "serval.dev/role=internal@agent:2" --k3s-node-label "serval.dev/role=internal@agent:3" \
  --volume "$PWD/deploy/seccomp/serval-router.json:/var/lib/kubelet/seccomp/profiles/serval-router.json@all" \
  --port "30080:80@agent:0:direct" --port "30901:9901@agent:0:direct" \
  --port "30180:80@agent:1:direct" --port "30902:9901@agent:1:direct" \
  --wait
for agent in 0 1; do
  kubectl taint node "k3d-$CLUSTER-agent-$agent" serval.dev/edge=true:NoSchedule --overwrite
done

say "image $IMAGE"
deploy/k3d-build-images.sh

say "Gateway API"
kubectl apply --server-side -f "$GATEWAY_API"

say "Serval"
kubectl apply -f deploy/kubernetes/namespace.yaml
kubectl -n "$NAMESPACE" get secret serval-admin >/dev/null 2>&1 ||
  kubectl -n "$NAMESPACE" create secret generic serval-admin --from-literal=token="$(openssl rand -hex 24)"
kubectl apply -f examples/gateway/k8s/router-daemonset.yaml -f examples/gateway/k8s/gateway-deployment.yaml
kubectl apply -f examples/gateway/k8s/test-backend.yaml
kubectl -n "$NAMESPACE" rollout status daemonset/serval-router deployment/serval-gateway --timeout=180s
kubectl -n demo rollout status deployment/echo --timeout=180s

cat <<'TEXT'

  curl -H 'Host: echo.example.com' http://localhost:30080/     # edge 1
  curl -H 'Host: echo.example.com' http://localhost:30180/     # edge 2
  deploy/k3d-test.sh                                            # all of it, checked
TEXT
