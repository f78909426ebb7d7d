{{- define "serval.name" -}}
{{- .Values.fullnameOverride | default .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "serval.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- /* Labels of every object. Takes (dict "root" $ "component" "router"). */ -}}
{{- define "serval.labels" -}}
{{ include "serval.selector" . }}
app.kubernetes.io/part-of: serval
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "serval.selector" -}}
app.kubernetes.io/name: {{ include "serval.name" .root }}-{{ .component }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end -}}

{{- define "serval.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end -}}

{{- /* What every container of ours is allowed: PodSecurity's restricted level. */ -}}
{{- define "serval.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{- define "serval.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "serval.adminScheme" -}}
{{ eq .Values.admin.auth "mtls" | ternary "https" "http" }}
{{- end -}}

{{- define "serval.adminSecret" -}}
{{- $mtls := .root.Values.admin.mtls -}}
{{- if eq .root.Values.admin.auth "token" -}}
{{ .root.Values.admin.token.secretName }}
{{- else if eq $mtls.source "secrets" -}}
{{ required (printf "Set admin.mtls.secrets.%s to a Secret with tls.crt, tls.key and ca.crt, or admin.mtls.source to certManager." .component) (get $mtls.secrets .component) }}
{{- else -}}
{{ include "serval.name" .root }}-{{ .component }}-admin-tls
{{- end -}}
{{- end -}}

{{- /* The admin API of a role, which other hosts reach: it asks callers to prove who they are. */ -}}
{{- define "serval.adminAccess" -}}
{{- if eq .Values.admin.auth "mtls" -}}
- --admin-tls-cert=/etc/serval/admin/tls.crt
- --admin-tls-key=/etc/serval/admin/tls.key
- --admin-tls-client-ca=/etc/serval/admin/ca.crt
{{- if eq .Values.admin.mtls.source "certManager" }}
- --admin-allow-client={{ include "serval.name" . }}-gateway
{{- end }}
{{- range .Values.admin.mtls.allowedClients }}
- --admin-allow-client={{ . }}
{{- end }}
{{- else -}}
- --admin-token-file=/etc/serval/admin/token
{{- end }}
{{- if .Values.admin.openMetrics }}
- --admin-open-metrics
{{- end }}
{{- end -}}

{{- /* How Prometheus reads the admin port. Takes (dict "root" $ "component" "router"). */ -}}
{{- define "serval.scrape" -}}
{{- $component := .component }}
{{- with .root }}
scheme: {{ include "serval.adminScheme" . }}
{{- if not .Values.admin.openMetrics }}
{{- if eq .Values.admin.auth "token" }}
authorization:
  type: Bearer
  credentials:
    name: {{ .Values.admin.token.secretName }}
    key: token
{{- else }}
{{- fail "Prometheus has no client certificate for the admin API: set admin.openMetrics=true, or switch monitoring off." }}
{{- end }}
{{- end }}
{{- if eq .Values.admin.auth "mtls" }}
tlsConfig:
  serverName: {{ include "serval.name" . }}-{{ eq $component "router" | ternary "router-internal" "gateway" }}
  ca:
    secret:
      name: {{ include "serval.adminSecret" (dict "root" . "component" $component) }}
      key: ca.crt
{{- end }}
{{- end }}
{{- end -}}

{{- /* How the gateway proves to the routers who it is, and knows them. */ -}}
{{- define "serval.gatewayCredentials" -}}
{{- if eq .Values.admin.auth "mtls" -}}
- --data-plane-ca=/etc/serval/admin/ca.crt
- --data-plane-cert=/etc/serval/admin/tls.crt
- --data-plane-key=/etc/serval/admin/tls.key
- --data-plane-name={{ include "serval.name" . }}-router-internal
{{- else -}}
- --data-plane-token-file=/etc/serval/admin/token
{{- end -}}
{{- end -}}
