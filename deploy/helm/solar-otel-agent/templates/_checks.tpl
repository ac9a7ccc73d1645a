{{/* What the schema of the values cannot say. */}}
{{- define "solar-otel-agent.checks" -}}
{{- $values := .Values }}
{{- if not (or $values.accounts $values.trucki.targets $values.modbus.targets $values.extraEnv) }}
{{- fail "There is nothing to read: give accounts, trucki.targets or modbus.targets." }}
{{- end }}
{{- if gt (int $values.shards) 1 }}
{{- if $values.persistence.existingClaim }}
{{- fail "persistence.existingClaim: shards need a claim each, so it is for a single agent only." }}
{{- end }}
{{- if ne $values.service.type "ClusterIP" }}
{{- fail "service.type: shards have a headless Service; another type is for a single agent only." }}
{{- end }}
{{- end }}
{{- end }}
