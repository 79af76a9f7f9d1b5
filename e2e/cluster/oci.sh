# OCI images by hand: https://github.com/opencontainers/image-spec. Sourced by images and up.

# oci_layer FOLDER LAYER: a folder as a layer, the same bytes for the same files.
oci_layer() {
  tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -C "$1" -c . |
    gzip -1n > "$2.part"
  mv "$2.part" "$2"
}

# oci_archive ARCHIVE REFERENCE ENTRYPOINT LAYER…: an image for this processor, run as user 10001.
oci_archive() {
  local archive=$1 reference=$2 entrypoint=$3 folder layer digest difference layers='' differences=''
  shift 3
  folder=$(mktemp -d "$(dirname "$archive")/.oci.XXXXXX")
  mkdir -p "$folder/blobs/sha256"
  for layer in "$@"; do
    digest=$(sha256sum < "$layer" | cut -c1-64)
    difference=$(gzip -dc "$layer" | sha256sum | cut -c1-64)
    cp "$layer" "$folder/blobs/sha256/$digest"
    layers+="${layers:+,}{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",\"digest\":\"sha256:$digest\",\"size\":$(stat -c %s "$layer")}"
    differences+="${differences:+,}\"sha256:$difference\""
  done
  local config manifest
  config=$(oci_blob "$folder" "{\"architecture\":\"$(architecture)\",\"os\":\"linux\",\"config\":{\"User\":\"10001:10001\",\"Env\":[\"PATH=/opt/java/bin:/usr/bin:/bin\",\"JAVA_HOME=/opt/java\"],\"Entrypoint\":$entrypoint,\"WorkingDir\":\"/\"},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[$differences]}}")
  manifest=$(oci_blob "$folder" "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",$config},\"layers\":[$layers]}")
  echo '{"imageLayoutVersion":"1.0.0"}' > "$folder/oci-layout"
  echo "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",$manifest,\"platform\":{\"architecture\":\"$(architecture)\",\"os\":\"linux\"},\"annotations\":{\"io.containerd.image.name\":\"$reference\",\"org.opencontainers.image.ref.name\":\"${reference##*:}\"}}]}" > "$folder/index.json"
  tar -C "$folder" -cf "$archive.part" oci-layout index.json blobs
  rm -rf "$folder"
  mv "$archive.part" "$archive"
}

# Writes a blob; prints its digest and size as the members of a descriptor.
oci_blob() { # folder text
  local digest
  digest=$(printf %s "$2" | sha256sum | cut -c1-64)
  printf %s "$2" > "$1/blobs/sha256/$digest"
  printf '"digest":"sha256:%s","size":%d' "$digest" "$(printf %s "$2" | wc -c)"
}
