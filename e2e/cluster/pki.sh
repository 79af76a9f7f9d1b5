# The cluster's certificates and kubeconfigs, in $run. Sourced by up.

# authority NAME COMMON_NAME
authority() {
  openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
  openssl req -x509 -new -key "$1.key" -subj "/CN=$2" -days 3650 -out "$1.crt" \
    -addext keyUsage=critical,keyCertSign,digitalSignature 2> /dev/null
}

# certificate NAME AUTHORITY SUBJECT USAGE [ALTERNATIVE_NAMES]
certificate() {
  openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
  openssl req -new -key "$1.key" -subj "$3" -out "$1.csr"
  {
    echo "keyUsage=critical,digitalSignature,keyEncipherment"
    echo "extendedKeyUsage=$4"
    [ -z "${5:-}" ] || echo "subjectAltName=$5"
  } > "$1.ext"
  openssl x509 -req -in "$1.csr" -CA "$2.crt" -CAkey "$2.key" -CAcreateserial -days 3650 \
    -extfile "$1.ext" -out "$1.crt" 2> /dev/null
}

# kubeconfig NAME SUBJECT: a client certificate, and the kubeconfig that holds it.
kubeconfig() {
  certificate "$1" ca "$2" clientAuth
  cat > "$run/$1.kubeconfig" << K
apiVersion: v1
kind: Config
clusters: [{name: $cluster, cluster: {server: "https://$api_address:$api_port", certificate-authority-data: $(base64 -w0 ca.crt)}}]
users: [{name: $1, user: {client-certificate-data: $(base64 -w0 "$1.crt"), client-key-data: $(base64 -w0 "$1.key")}}]
contexts: [{name: $cluster, context: {cluster: $cluster, user: $1}}]
current-context: $cluster
K
}

make_pki() {
  mkdir -p "$run/pki"
  cd "$run/pki"
  authority ca kubernetes
  authority front front-proxy-ca
  local names=DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local
  certificate apiserver ca /CN=kube-apiserver serverAuth "$names,DNS:localhost,IP:127.0.0.1,IP:10.96.0.1,IP:$api_address"
  certificate kubelet-client ca /O=system:masters/CN=kube-apiserver-kubelet-client clientAuth
  certificate front-client front /CN=front-proxy-client clientAuth
  openssl genrsa -out sa.key 2048 2> /dev/null
  openssl rsa -in sa.key -pubout -out sa.pub 2> /dev/null
  kubeconfig admin /O=system:masters/CN=admin
  kubeconfig controller-manager /CN=system:kube-controller-manager
  kubeconfig scheduler /CN=system:kube-scheduler
  kubeconfig proxy /CN=system:kube-proxy
  local node
  for node in "${nodes[@]}"; do kubeconfig "kubelet-$node" "/O=system:nodes/CN=system:node:$node"; done
  cd "$here"
}
