#!/usr/bin/env bash
# Makes an authority and a certificate for echo.localhost in a temporary folder, starts a demo upstream and a router for
# examples/https; Ctrl-C stops both and removes the folder.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v openssl >/dev/null || { echo "openssl is missing: it makes the certificates of this example"; exit 1; }

folder=$(mktemp -d)
echo_pid=
trap '[ -z "$echo_pid" ] || kill "$echo_pid" 2>/dev/null || true; rm -rf "$folder"' EXIT
curve=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
openssl req -x509 "${curve[@]}" -days 30 -subj "/CN=Serval example authority" \
  -keyout "$folder/ca.key" -out "$folder/ca.crt" 2>/dev/null
openssl req -new "${curve[@]}" -subj "/CN=localhost" -keyout "$folder/tls.key" -out "$folder/tls.csr" 2>/dev/null
printf 'subjectAltName=DNS:localhost,DNS:echo.localhost\nextendedKeyUsage=serverAuth\n' >"$folder/names"
openssl x509 -req -in "$folder/tls.csr" -CA "$folder/ca.crt" -CAkey "$folder/ca.key" -CAcreateserial -days 30 \
  -extfile "$folder/names" -out "$folder/tls.crt" 2>/dev/null
mkdir -m 700 "$folder/config"
cp examples/https/*.yaml "$folder/config/"
cat >"$folder/config/secret.yaml" <<YAML
apiVersion: v1
kind: Secret
metadata: {name: localhost, namespace: demo}
type: kubernetes.io/tls
data:
  tls.crt: $(base64 -w0 "$folder/tls.crt")
  tls.key: $(base64 -w0 "$folder/tls.key")
YAML

serval="${SERVAL_PROGRAM:-out/serval}"
"$serval" echo --listen 127.0.0.1:3001 &
echo_pid=$!
cat <<TEXT

  Try, in another shell:
    curl --cacert $folder/ca.crt --connect-to echo.localhost:8443:localhost:8443 https://echo.localhost:8443/hello
    curl -i -H 'Host: echo.localhost' http://localhost:8080/hello     # redirected to HTTPS
    openssl s_client -connect localhost:8444 -servername echo.localhost -CAfile $folder/ca.crt
    $serval certs                                                     # what is held, until when, from where
    $serval explain GET https://echo.localhost:8443/hello --admin localhost:9901

TEXT
"$serval" run "$folder/config" "$@"
