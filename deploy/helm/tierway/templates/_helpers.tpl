{{- define "tierway.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "tierway.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "tierway.name" . -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "tierway.selectorLabels" -}}
app.kubernetes.io/name: {{ include "tierway.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "tierway.labels" -}}
{{ include "tierway.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "tierway.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "tierway.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "tierway.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}
{{- end -}}

{{/* The gateway's configuration: what must agree with the pod, and `config` after it as it is written. */}}
{{- define "tierway.config" -}}
{{- if regexMatch "(?m)^(version|server|admin|store)\\s*:" .Values.config -}}
{{- fail "config: leave `version`, `server`, `admin` and `store` out; the chart writes them (values `server`, `admin`, `store`, `redis`)." -}}
{{- end -}}
{{- $alone := eq .Values.mode "sidecar" -}}
{{- $server := dict
    "listen" (printf "%s:%d" (ternary "127.0.0.1" "0.0.0.0" $alone) (int .Values.port))
    "drain_delay" (ternary "1ms" (printf "%ds" (int .Values.drain.delaySeconds)) $alone)
    "drain_timeout" (printf "%ds" (add (ternary 0 (int .Values.drain.delaySeconds) $alone) (int .Values.drain.timeoutSeconds))) -}}
{{- range $key, $value := .Values.server -}}
{{- if hasKey $server $key -}}
{{- fail (printf "server.%s: the chart writes it (values `port`, `drain`)." $key) -}}
{{- end -}}
{{- if not (kindIs "invalid" $value) -}}
{{- /* Whole numbers as such: Helm reads them as fractions and would write large ones with an exponent. */ -}}
{{- $whole := and (kindIs "float64" $value) (eq (floor $value) (float64 $value)) -}}
{{- $_ := set $server $key (ternary (int64 $value) $value $whole) -}}
{{- end -}}
{{- end -}}
version: 1

server:
{{- range $key, $value := $server }}
  {{ $key }}: {{ $value }}
{{- end }}

admin:
  listen: "0.0.0.0:{{ .Values.adminPort }}"
  token: "${TIERWAY_ADMIN_TOKEN}"
{{- if or .Values.redis.enabled .Values.store.sqlite }}

store:
  {{- if .Values.redis.enabled }}
  redis: {url: "${TIERWAY_REDIS_URL}"}
  {{- end }}
  {{- if .Values.store.sqlite }}
  sqlite: /var/lib/tierway/ledger.db
  {{- end }}
{{- end }}

{{ .Values.config }}
{{- end -}}

{{/* The gateway's container, for a pod of any chart that has this one among its dependencies (or for this chart's own). */}}
{{- define "tierway.container" -}}
name: tierway
image: {{ include "tierway.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
args: [serve, --config, /etc/tierway/tierway.yaml]
ports:
  {{- if eq .Values.mode "service" }}
  - {name: http, containerPort: {{ .Values.port }}, protocol: TCP}
  {{- end }}
  - {name: admin, containerPort: {{ .Values.adminPort }}, protocol: TCP}
env:
  - name: TIERWAY_ADMIN_TOKEN
    valueFrom:
      secretKeyRef: {name: {{ .Values.admin.existingSecret }}, key: {{ .Values.admin.secretKey }}}
  {{- if .Values.redis.enabled }}
  - name: TIERWAY_REDIS_URL
    valueFrom:
      secretKeyRef: {name: {{ .Values.redis.existingSecret }}, key: {{ .Values.redis.secretKey }}}
  {{- end }}
{{- with .Values.secrets.environment }}
envFrom:
  {{- range . }}
  - secretRef: {name: {{ . }}}
  {{- end }}
{{- end }}
startupProbe:
  httpGet: {path: /readyz, port: admin}
  periodSeconds: 1
  failureThreshold: 30
livenessProbe:
  httpGet: {path: /healthz, port: admin}
  periodSeconds: 10
  timeoutSeconds: 3
  failureThreshold: 6
readinessProbe:
  httpGet: {path: /readyz, port: admin}
  periodSeconds: 2
  timeoutSeconds: 2
  failureThreshold: 2
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  readOnlyRootFilesystem: true
  allowPrivilegeEscalation: false
  capabilities: {drop: [ALL]}
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumeMounts:
  - {name: tierway-config, mountPath: /etc/tierway, readOnly: true}
  - {name: tierway-state, mountPath: /var/lib/tierway}
{{- end -}}

{{/* As a sidecar: started and ready before the application's containers, ended after them. */}}
{{- define "tierway.sidecar" -}}
{{ include "tierway.container" . }}
restartPolicy: Always
{{- end -}}

{{/* The volumes that the container mounts. */}}
{{- define "tierway.volumes" -}}
- name: tierway-config
  configMap: {name: {{ include "tierway.fullname" . }}}
- name: tierway-state
  emptyDir: {sizeLimit: {{ .Values.state.sizeLimit }}}
{{- end -}}
{{- define "tierway.sidecarVolumes" -}}
{{ include "tierway.volumes" . }}
{{- end -}}

{{/* Another configuration makes other pods: they take it one by one, and each can be taken back. */}}
{{- define "tierway.podAnnotations" -}}
checksum/tierway-config: {{ include "tierway.config" . | sha256sum }}
{{- end -}}

{{/* From the pod's end being decided to its being killed. */}}
{{- define "tierway.grace" -}}
{{- add (int .Values.drain.delaySeconds) (int .Values.drain.timeoutSeconds) 10 -}}
{{- end -}}

{{/* What of a pod is the same in both modes. */}}
{{- define "tierway.podSettings" -}}
serviceAccountName: {{ include "tierway.serviceAccountName" . }}
automountServiceAccountToken: false
terminationGracePeriodSeconds: {{ include "tierway.grace" . }}
securityContext:
  fsGroup: 65532
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
topologySpreadConstraints:
{{- if .Values.topologySpreadConstraints }}
  {{- toYaml .Values.topologySpreadConstraints | nindent 2 }}
{{- else }}
  {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "tierway.selectorLabels" $ | nindent 8 }}
  {{- end }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
