#!/bin/sh
# Unpacks the native libraries of ONNX Runtime for this processor, and takes those of every system out of the jar:
# they are most of the image, and of what a cold node pulls.
#
# usage: unpack-natives.sh <quarkus-app folder> <folder for the libraries>
set -eu

app=$1
target=$2
case $(uname -m) in
  x86_64) system=linux-x64 ;;
  aarch64) system=linux-aarch64 ;;
  *) echo "ONNX Runtime has no native libraries for $(uname -m)" >&2; exit 1 ;;
esac

set -- "$app"/lib/main/com.microsoft.onnxruntime.onnxruntime*.jar
if [ $# -ne 1 ] || [ ! -f "$1" ]; then
  echo "one jar of ONNX Runtime is expected in $app/lib/main, found: $*" >&2
  exit 1
fi
jar=$(realpath "$1")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && jar --extract --file "$jar")
mkdir -p "$target"
# TensorRT is not in the image, so its provider could never load.
rm -f "$work"/ai/onnxruntime/native/$system/*tensorrt*
mv "$work"/ai/onnxruntime/native/$system/*.so "$target"/
rm -rf "$work"/ai/onnxruntime/native
manifest=$(mktemp)
mv "$work"/META-INF/MANIFEST.MF "$manifest"
jar --create --file "$jar" --manifest "$manifest" -C "$work" .
rm -f "$manifest"
