{{/* What values.schema.json could only refuse with a pattern that nobody reads. */}}
{{- define "modelyard.validate" -}}
{{- if and (gt (int .Values.replicas) 1) (not .Values.leaderElection.enabled) -}}
{{- fail (printf "replicas is %d without leaderElection.enabled: the operators would work against each other. Set replicas: 1, or leaderElection.enabled: true" (int .Values.replicas)) -}}
{{- end -}}
{{- if and (not .Values.serviceAccount.create) (not .Values.serviceAccount.name) -}}
{{- fail "serviceAccount.create is false: name an existing ServiceAccount in serviceAccount.name" -}}
{{- end -}}
{{- if not (regexMatch "^[1-9][0-9]*([kMGT]|[KMGT]i)?$" .Values.runtime.cacheSize) -}}
{{- fail (printf "runtime.cacheSize is '%s', which is no quantity: write 50Gi or 500Mi" .Values.runtime.cacheSize) -}}
{{- end -}}
{{- range $name, $value := .Values.runtime.shutdown -}}
{{- include "modelyard.validateDuration" (list (printf "runtime.shutdown.%s" $name) $value) -}}
{{- end -}}
{{- range .Values.runtime.allowedAddresses -}}
{{- if not (regexMatch "^[0-9A-Fa-f.:]+/[0-9]{1,3}$" .) -}}
{{- fail (printf "runtime.allowedAddresses has '%s', which is no CIDR: write an address and its prefix length, such as 127.0.0.0/8 or 10.1.2.3/32" .) -}}
{{- end -}}
{{- end -}}
{{- if .Values.gateway.enabled -}}
{{- include "modelyard.validateGateway" . -}}
{{- end -}}
{{- end -}}

{{- define "modelyard.validateGateway" -}}
{{- $gateway := .Values.gateway -}}
{{- range $name, $value := $gateway.shutdown -}}
{{- include "modelyard.validateDuration" (list (printf "gateway.shutdown.%s" $name) $value) -}}
{{- end -}}
{{- include "modelyard.validateDuration" (list "gateway.hold.deadline" $gateway.hold.deadline) -}}
{{- if and (not $gateway.serviceAccount.create) (not $gateway.serviceAccount.name) -}}
{{- fail "gateway.serviceAccount.create is false: name an existing ServiceAccount in gateway.serviceAccount.name" -}}
{{- end -}}
{{- if and $gateway.httpRoute.enabled (not $gateway.httpRoute.parentRefs) -}}
{{- fail "gateway.httpRoute.enabled is true, but no Gateway is named: write gateway.httpRoute.parentRefs, such as [{name: public, namespace: infra}]" -}}
{{- end -}}
{{- end -}}

{{/* Takes a list: the value's name and the value. */}}
{{- define "modelyard.validateDuration" -}}
{{- if not (regexMatch "^([0-9]+[smh]|PT([0-9]+H)?([0-9]+M)?([0-9]+S)?)$" (index . 1)) -}}
{{- fail (printf "%s is '%s', which is no duration: write 60s, 2m or PT1M30S" (index . 0) (index . 1)) -}}
{{- end -}}
{{- end -}}
