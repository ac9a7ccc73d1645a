{{- define "solar-otel-agent.secretFolder" -}}
/run/secrets/solar-otel-agent
{{- end }}

{{/* Every secret that is given: the name of its file, and either its value or the key of another Secret. */}}
{{- define "solar-otel-agent.secrets" -}}
{{- $secrets := list }}
{{- range $i, $account := .Values.accounts }}
{{- $secrets = append $secrets (dict "file" (printf "growatt-token-%d" $i) "value" $account.token "from" $account.token_secret) }}
{{- end }}
{{- with .Values.trucki }}
{{- $secrets = append $secrets (dict "file" "trucki-password" "value" .password "from" .password_secret) }}
{{- range $i, $stick := .targets }}
{{- $secrets = append $secrets (dict "file" (printf "trucki-password-%d" $i) "value" $stick.password "from" $stick.password_secret) }}
{{- end }}
{{- end }}
{{- $given := list }}
{{- range $secrets }}
{{- if or .value .from }}
{{- $given = append $given . }}
{{- end }}
{{- end }}
{{- toYaml $given }}
{{- end }}

{{/* A part of the configuration with the path of a file in place of a secret: dict "of" PART "what" KEY "file" NAME. */}}
{{- define "solar-otel-agent.withSecretFile" -}}
{{- $from := printf "%s_secret" .what }}
{{- $part := omit .of .what $from }}
{{- if or (get .of .what) (get .of $from) }}
{{- $_ := set $part (printf "%s_file" .what) (printf "%s/%s" (include "solar-otel-agent.secretFolder" .) .file) }}
{{- end }}
{{- toYaml $part }}
{{- end }}

{{/* The agent's configuration file. */}}
{{- define "solar-otel-agent.config" -}}
{{- $config := deepCopy .Values.config }}
{{- $accounts := list }}
{{- range $i, $account := .Values.accounts }}
{{- $file := printf "growatt-token-%d" $i }}
{{- $accounts = append $accounts (include "solar-otel-agent.withSecretFile" (dict "of" $account "what" "token" "file" $file) | fromYaml) }}
{{- end }}
{{- if $accounts }}
{{- $_ := set $config "accounts" $accounts }}
{{- end }}
{{- with .Values.trucki }}
{{- $trucki := include "solar-otel-agent.withSecretFile" (dict "of" . "what" "password" "file" "trucki-password") | fromYaml }}
{{- $sticks := list }}
{{- range $i, $stick := .targets }}
{{- $file := printf "trucki-password-%d" $i }}
{{- $sticks = append $sticks (include "solar-otel-agent.withSecretFile" (dict "of" $stick "what" "password" "file" $file) | fromYaml) }}
{{- end }}
{{- $_ := set $config "trucki" (set $trucki "targets" $sticks) }}
{{- end }}
{{- with .Values.modbus }}
{{- $_ := set $config "modbus" . }}
{{- end }}
{{- if .Values.webConfigSecret }}
{{- $_ := set $config "exporter" (merge (dict "web_config_file" "/run/secrets/solar-otel-agent-web/web.yaml") ($config.exporter | default dict)) }}
{{- end }}
{{- toYaml $config }}
{{- end }}
