{{- define "modelyard.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* Cut at 46 characters, so that every suffix the templates add still fits a name of 63. */}}
{{- define "modelyard.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 46 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 46 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 46 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "modelyard.selectorLabels" -}}
{{ include "modelyard.releaseLabels" . }}
app.kubernetes.io/component: operator
{{- end -}}

{{- define "modelyard.labels" -}}
{{ include "modelyard.selectorLabels" . }}
{{ include "modelyard.versionLabels" . }}
{{- end -}}

{{- define "modelyard.gateway.selectorLabels" -}}
{{ include "modelyard.releaseLabels" . }}
app.kubernetes.io/component: gateway
{{- end -}}

{{- define "modelyard.gateway.labels" -}}
{{ include "modelyard.gateway.selectorLabels" . }}
{{ include "modelyard.versionLabels" . }}
{{- end -}}

{{- define "modelyard.releaseLabels" -}}
app.kubernetes.io/name: {{ include "modelyard.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "modelyard.versionLabels" -}}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Cut at 44 characters, so that "-gateway-management" still fits a Service's name of 63. */}}
{{- define "modelyard.gateway.fullname" -}}
{{- printf "%s-gateway" (include "modelyard.fullname" . | trunc 44 | trimSuffix "-") -}}
{{- end -}}

{{- define "modelyard.gateway.serviceAccountName" -}}
{{- if .Values.gateway.serviceAccount.create -}}
{{- default (include "modelyard.gateway.fullname" .) .Values.gateway.serviceAccount.name -}}
{{- else -}}
{{- .Values.gateway.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* Where the gateway answers, as the operator writes it into each status.url. */}}
{{- define "modelyard.gateway.url" -}}
{{- $port := int .Values.gateway.service.port -}}
{{- $service := printf "http://%s.%s.svc%s" (include "modelyard.gateway.fullname" .) .Release.Namespace (ternary "" (printf ":%d" $port) (eq $port 80)) -}}
{{- default $service .Values.gateway.url | trimSuffix "/" -}}
{{- end -}}

{{/* Takes a duration such as 60s, 2m or PT1M30S; gives seconds. */}}
{{- define "modelyard.seconds" -}}
{{- $text := trimPrefix "PT" . | lower -}}
{{- $hours := regexFind "[0-9]+h" $text | trimSuffix "h" | default "0" | int -}}
{{- $minutes := regexFind "[0-9]+m" $text | trimSuffix "m" | default "0" | int -}}
{{- $seconds := regexFind "[0-9]+s" $text | trimSuffix "s" | default "0" | int -}}
{{- add (mul $hours 3600) (mul $minutes 60) $seconds -}}
{{- end -}}

{{- define "modelyard.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "modelyard.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* Takes a list: the image's values and the chart's context. A digest wins over a tag. */}}
{{- define "modelyard.image" -}}
{{- $image := index . 0 -}}
{{- $root := index . 1 -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $image.repository $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $image.repository (default $root.Chart.AppVersion $image.tag) -}}
{{- end -}}
{{- end -}}
