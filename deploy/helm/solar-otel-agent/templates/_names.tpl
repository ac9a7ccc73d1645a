{{/* Of all resources. A pod of a StatefulSet adds up to 11 characters in a label, which may have 63. */}}
{{- define "solar-otel-agent.fullname" -}}
{{- $own := contains .Chart.Name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name .Chart.Name) }}
{{- .Values.fullnameOverride | default $own | trunc 52 | trimSuffix "-" }}
{{- end }}

{{- define "solar-otel-agent.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "solar-otel-agent.labels" -}}
{{ include "solar-otel-agent.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "solar-otel-agent.serviceAccount" -}}
{{- $own := .Values.serviceAccount.create | ternary (include "solar-otel-agent.fullname" .) "default" }}
{{- .Values.serviceAccount.name | default $own }}
{{- end }}
