#!/usr/bin/env bash
# Starts demo upstreams and a router for examples/quickstart. Ctrl-C, SIGTERM, or the end of either stops both.
set -euo pipefail
cd "$(dirname "$0")/.."
serval=${SERVAL_PROGRAM:-out/serval}

"$serval" echo --listen 127.0.0.1:3001 --listen 127.0.0.1:3002 &
echo_pid=$!
run_pid=
finish() {
  trap - EXIT INT TERM
  kill "$echo_pid" $run_pid 2>/dev/null || true
  wait
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

cat <<'TEXT'

  Try, in another shell:
    curl -H 'Host: echo.example.com' http://localhost:8080/hello           # 90 of 100 from :3001, 10 from :3002
    curl -H 'Host: echo.example.com' -H 'X-Version: 2' localhost:8080/     # by header: always :3002
    curl -H 'Host: echo.example.com' http://localhost:8080/api/v1/users    # rewritten to /users, headers edited
    curl -i -H 'Host: echo.example.com' http://localhost:8080/old/page     # redirected
    curl -i -H 'Host: other.example.com' http://localhost:8080/            # 404: no listener has this host
    out/serval explain GET http://echo.example.com:8080/api/v1/users
    out/serval status --watch
    curl http://localhost:9901/metrics
  Edit examples/quickstart/*.yaml: changes are live as soon as they are saved.

TEXT
"$serval" run examples/quickstart &
run_pid=$!
wait -n "$echo_pid" "$run_pid"
