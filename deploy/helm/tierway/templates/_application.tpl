{{/* The application of mode `sidecar`, which finds the gateway on loopback where the SDKs look for it. */}}
{{- define "tierway.application" -}}
{{- $application := .Values.sidecar.application -}}
name: {{ $application.name }}
image: {{ required "sidecar.application.image: the image of the application" $application.image | quote }}
{{- with $application.command }}
command:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $application.args }}
args:
  {{- toYaml . | nindent 2 }}
{{- end }}
env:
  {{- include "tierway.clientEnvironment" . | nindent 2 }}
  {{- with $application.env }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with $application.ports }}
ports:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $application.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $application.securityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* What points the SDKs of OpenAI and Anthropic at the gateway beside them. They want some key; the gateway asks for none. */}}
{{- define "tierway.clientEnvironment" -}}
- {name: OPENAI_BASE_URL, value: "http://127.0.0.1:{{ .Values.port }}/v1"}
- {name: OPENAI_API_KEY, value: unused}
- {name: ANTHROPIC_BASE_URL, value: "http://127.0.0.1:{{ .Values.port }}"}
- {name: ANTHROPIC_API_KEY, value: unused}
{{- end -}}
