{{/* The pod of an agent: metadata and spec, for Deployment and StatefulSet. */}}
{{- define "solar-otel-agent.pod" -}}
{{- $common := .Files.Get "files/agent-pod.yaml" | fromYaml }}
{{- $sharded := gt (int .Values.shards) 1 }}
{{- $secrets := include "solar-otel-agent.secrets" . | fromYamlArray }}
metadata:
  labels:
    {{- include "solar-otel-agent.labels" . | nindent 4 }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # The agent starts anew when what it reads at a start is another one.
    checksum/config: {{ printf "%s\n%s" (include "solar-otel-agent.config" .) (toYaml $secrets) | sha256sum }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "solar-otel-agent.serviceAccount" . }}
  {{- toYaml (omit $common.pod "securityContext") | nindent 2 }}
  securityContext:
    {{- toYaml (.Values.podSecurityContext | default $common.pod.securityContext) | nindent 4 }}
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: agent
      image: {{ printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      {{- toYaml (omit $common.container "securityContext") | nindent 6 }}
      env:
        {{- if $sharded }}
        - name: POD_NAME
          valueFrom:
            fieldRef:
              fieldPath: metadata.name
        - name: SHARD
          value: $(POD_NAME)/{{ .Values.shards }}
        {{- end }}
        - name: STATE_DIR
          value: /var/lib/solar-otel-agent
        {{- with .Values.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      resources:
        {{- toYaml (.Values.resources | default ($sharded | ternary $common.resources.shard $common.resources.single)) | nindent 8 }}
      securityContext:
        {{- toYaml (.Values.securityContext | default $common.container.securityContext) | nindent 8 }}
      volumeMounts:
        - name: config
          mountPath: /etc/solar-otel-agent
          readOnly: true
        {{- if $secrets }}
        - name: secrets
          mountPath: {{ include "solar-otel-agent.secretFolder" . }}
          readOnly: true
        {{- end }}
        {{- if .Values.webConfigSecret }}
        - name: web-config
          mountPath: /run/secrets/solar-otel-agent-web
          readOnly: true
        {{- end }}
        - name: state
          mountPath: /var/lib/solar-otel-agent
        {{- with .Values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: config
      configMap:
        name: {{ include "solar-otel-agent.fullname" . }}
    {{- if $secrets }}
    - name: secrets
      projected:
        defaultMode: 0440
        sources:
          {{- range $secrets }}
          {{- $from := .from | default (dict "name" (include "solar-otel-agent.fullname" $) "key" .file) }}
          - secret:
              name: {{ $from.name }}
              items:
                - key: {{ $from.key }}
                  path: {{ .file }}
          {{- end }}
    {{- end }}
    {{- with .Values.webConfigSecret }}
    - name: web-config
      secret:
        secretName: {{ . }}
        defaultMode: 0440
    {{- end }}
    {{- if not .Values.persistence.enabled }}
    - name: state
      emptyDir:
        sizeLimit: {{ .Values.persistence.size }}
    {{- else if not $sharded }}
    - name: state
      persistentVolumeClaim:
        claimName: {{ .Values.persistence.existingClaim | default (include "solar-otel-agent.fullname" .) }}
    {{- end }}
    {{- with .Values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
{{- end }}

{{/* What a claim for the state folder asks for. */}}
{{- define "solar-otel-agent.claim" -}}
accessModes:
  {{- toYaml .Values.persistence.accessModes | nindent 2 }}
{{- with .Values.persistence.storageClass }}
storageClassName: {{ . }}
{{- end }}
resources:
  requests:
    storage: {{ .Values.persistence.size }}
{{- end }}
