# etcd, kube-apiserver, kube-controller-manager and kube-scheduler, on node1. Sourced by up.

start_control_plane() {
  local pki=$run/pki
  # Without fsync: fast, and nothing here is meant to survive the machine.
  start_on node1 etcd "$bin/etcd" --data-dir "$run/etcd" --unsafe-no-fsync \
    --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
    --listen-peer-urls http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380 \
    --initial-cluster default=http://127.0.0.1:2380 --log-level warn

  # What the tests of RBAC read: each request of a ServiceAccount of a namespace whose name begins with modelyard.
  cat > "$run/audit-policy.yaml" << 'Y'
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: None
    userGroups: [system:nodes, system:masters, "system:serviceaccounts:kube-system"]
  - level: None
    users: [system:kube-controller-manager, system:kube-scheduler, system:kube-proxy, system:apiserver]
  - level: Metadata
    userGroups: [system:serviceaccounts]
  - level: None
Y
  start_on node1 kube-apiserver "$bin/kube-apiserver" --etcd-servers=http://127.0.0.1:2379 \
    --bind-address=0.0.0.0 --secure-port=$api_port --advertise-address="$api_address" \
    --service-cluster-ip-range=$service_range --allow-privileged=true \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction \
    --client-ca-file="$pki/ca.crt" --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" \
    --kubelet-client-certificate="$pki/kubelet-client.crt" --kubelet-client-key="$pki/kubelet-client.key" \
    --kubelet-preferred-address-types=InternalIP \
    --service-account-issuer=https://kubernetes.default.svc.cluster.local \
    --service-account-key-file="$pki/sa.pub" --service-account-signing-key-file="$pki/sa.key" \
    --requestheader-client-ca-file="$pki/front.crt" --requestheader-allowed-names=front-proxy-client \
    --requestheader-extra-headers-prefix=X-Remote-Extra- --requestheader-group-headers=X-Remote-Group \
    --requestheader-username-headers=X-Remote-User \
    --proxy-client-cert-file="$pki/front-client.crt" --proxy-client-key-file="$pki/front-client.key" \
    --audit-policy-file="$run/audit-policy.yaml" --audit-log-path="$run/audit.log" --audit-log-maxsize=1024
  await 90 "kube-apiserver (see $run/log/kube-apiserver.log)" kubectl get --raw /readyz

  local common=(--leader-elect=false --bind-address=127.0.0.1)
  # A node that is gone is noticed and its pods replaced in seconds, not in the five minutes of a real cluster.
  start_on node1 kube-controller-manager "$bin/kube-controller-manager" "${common[@]}" \
    --kubeconfig="$run/controller-manager.kubeconfig" \
    --authentication-kubeconfig="$run/controller-manager.kubeconfig" \
    --authorization-kubeconfig="$run/controller-manager.kubeconfig" \
    --service-account-private-key-file="$pki/sa.key" --root-ca-file="$pki/ca.crt" \
    --cluster-signing-cert-file="$pki/ca.crt" --cluster-signing-key-file="$pki/ca.key" \
    --use-service-account-credentials=true --service-cluster-ip-range=$service_range \
    --horizontal-pod-autoscaler-sync-period=5s --horizontal-pod-autoscaler-downscale-stabilization=15s \
    --horizontal-pod-autoscaler-cpu-initialization-period=30s --horizontal-pod-autoscaler-initial-readiness-delay=5s
  start_on node1 kube-scheduler "$bin/kube-scheduler" "${common[@]}" --kubeconfig="$run/scheduler.kubeconfig" \
    --authentication-kubeconfig="$run/scheduler.kubeconfig" --authorization-kubeconfig="$run/scheduler.kubeconfig"
  await 60 "the default ServiceAccount" kubectl -n default get serviceaccount default
}
