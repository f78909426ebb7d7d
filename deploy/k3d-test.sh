#!/usr/bin/env bash
# Checks the k3d cluster from outside: both edges route, headers and rewrites work, an unknown host gets 404, the admin
# port asks for its token, and a change of a route arrives. Ends with 1 at the first thing that is not so.
# shellcheck source-path=SCRIPTDIR source=k3d/lib.sh
. "$(dirname "$0")/k3d/lib.sh"
need curl kubectl base64

# expect WHAT STATUS CURL-ARGUMENTS...: tries for up to a minute, as changes take a moment to arrive.
expect() {
  local what=$1 expected=$2 status=none attempt
  shift 2
  for attempt in $(seq 1 30); do
    status=$(curl -s -o /tmp/serval-k3d-answer -w '%{http_code}' --max-time 5 "$@" || true)
    if [ "$status" = "$expected" ]; then
      echo "ok: $what"
      return
    fi
    sleep 2
  done
  echo "FAILED after $attempt tries: $what: expected $expected, got $status: $(head -c 300 /tmp/serval-k3d-answer)" >&2
  exit 1
}

token=$(kubectl -n "$NAMESPACE" get secret serval-admin -o jsonpath='{.data.token}' | base64 -d)
for edge in "30080 30901" "30180 30902"; do
  read -r http admin <<<"$edge"
  expect "edge on $http routes" 200 -H 'Host: echo.example.com' "http://localhost:$http/"
  expect "edge on $http rewrites /api/v1" 200 -H 'Host: echo.example.com' "http://localhost:$http/api/v1/users"
  expect "edge on $http answers 404 to an unknown host" 404 -H 'Host: other.example.com' "http://localhost:$http/"
  expect "edge on $admin lives" 200 "http://localhost:$admin/healthz"
  expect "edge on $admin is ready" 200 "http://localhost:$admin/readyz"
  expect "edge on $admin refuses strangers" 401 "http://localhost:$admin/config"
  expect "edge on $admin takes its token" 200 -H "Authorization: Bearer $token" "http://localhost:$admin/config"
done

kubectl -n demo patch httproute echo --type=json \
  -p '[{"op":"replace","path":"/spec/hostnames","value":["echo.example.com","changed.example.com"]}]'
expect "a change of a route arrives" 200 -H 'Host: changed.example.com' http://localhost:30080/
kubectl apply -f examples/gateway/k8s/test-backend.yaml
kubectl -n demo wait gateway/edge --for=condition=Programmed --timeout=60s
echo "all good"
