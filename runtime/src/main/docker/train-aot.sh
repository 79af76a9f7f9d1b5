#!/bin/bash
# Trains the AOT cache of the runtime (JEP 483, 514, 515): starts it with a small model, asks it for predictions, stops
# it, and so has the JVM write the classes that it loaded and the profiles of its methods into a file. Then starts it
# once more, where the JVM must take the cache, and tells both cold starts.
#
# Runs where the cache will be used: the same JVM, the same jars at the same place. Needs no network and no tools
# besides bash, which speaks HTTP here.
#
# usage: train-aot.sh <app folder> <options file> <model.onnx> <request.json> <cache file>
# The request is a body of POST /v2/models/{name}/infer.
set -euo pipefail

app=$1
options=$2
model=$(realpath "$3")
request=$4
cache=$5

readonly predictions=300
readonly patience_seconds=120
http_port=${TRAIN_HTTP_PORT:-18080}
management_port=${TRAIN_MANAGEMENT_PORT:-19000}

work=$(mktemp -d)
pid=
cleanup() {
  if [ -n "$pid" ]; then kill -KILL "$pid" 2> /dev/null || true; fi
  rm -rf "$work"
}
trap cleanup EXIT

export MODELYARD_MODEL_NAME=training MODELYARD_MODEL_REVISION=training
export MODELYARD_MODEL_URI="file://$model" MODELYARD_MODEL_CACHE="$work/models"
export MODELYARD_TERMINATION_LOG="$work/termination-log" MODELYARD_SHUTDOWN_DELAY=PT0S
export QUARKUS_HTTP_PORT="$http_port" QUARKUS_MANAGEMENT_PORT="$management_port"
mkdir "$work/models"

fail() {
  echo "train-aot: $1" >&2
  cat "$work/log" >&2
  exit 1
}

# call <method> <port> <path> [<file of the JSON body>]: prints the status code, keeps the answer in $work/answer.
call() {
  local length=0
  if [ $# -gt 3 ]; then length=$(stat -c %s "$4"); fi
  exec 3<> "/dev/tcp/127.0.0.1/$2" || return 1
  {
    printf '%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n' "$1" "$3"
    printf 'Content-Type: application/json\r\nContent-Length: %d\r\n\r\n' "$length"
    if [ $# -gt 3 ]; then cat "$4"; fi
  } >&3
  timeout 60 cat <&3 > "$work/answer"
  exec 3>&-
  head -n 1 "$work/answer" | cut -d ' ' -f 2
}

# start <java options>: returns when the model is Ready, and prints the milliseconds that took.
start() {
  local begun now
  begun=$(date +%s%3N)
  java "@$options" "$@" -jar "$app/quarkus-run.jar" > "$work/log" 2>&1 &
  pid=$!
  until [ "$(call GET "$management_port" /q/health/ready 2> /dev/null)" = 200 ]; do
    kill -0 "$pid" 2> /dev/null || fail "the runtime ended before it was ready"
    now=$(date +%s%3N)
    [ $((now - begun)) -lt $((patience_seconds * 1000)) ] || fail "not ready after $patience_seconds s"
    sleep 0.02
  done
  now=$(date +%s%3N)
  ready_millis=$((now - begun))
}

stop() {
  local status=0
  kill -TERM "$pid"
  wait "$pid" || status=$?
  pid=
  [ "$status" -eq 0 ] || fail "the runtime ended with exit code $status"
}

predict() {
  local status i
  for ((i = 0; i < $1; i++)); do
    status=$(call POST "$http_port" /v2/models/training/infer "$request")
    [ "$status" = 200 ] || { cat "$work/answer" >&2; fail "the prediction was answered $status"; }
  done
}

start
predict 1
stop
without=$ready_millis

start "-XX:AOTCacheOutput=$cache"
for path in /v2 /v2/health/live /v2/health/ready /v2/models/training /v2/models/training/ready; do
  call GET "$http_port" "$path" > /dev/null
done
for path in /q/health/started /q/health/live /q/metrics /status; do
  call GET "$management_port" "$path" > /dev/null
done
predict "$predictions"
stop
[ -s "$cache" ] || fail "the JVM wrote no cache"

# AOTMode=on ends the JVM where it cannot use the cache.
start "-XX:AOTCache=$cache" -XX:AOTMode=on
predict 1
stop

echo "train-aot: $(stat -c %s "$cache") bytes; Ready after $without ms without the cache, $ready_millis ms with it"
