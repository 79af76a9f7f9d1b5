# A node: network and mount namespaces of its own, containerd, kubelet and kube-proxy in them. Sourced by up.

# Each node's pods have a range of their own: 10.244.<number>.0/24.
number() { echo "${1#node}"; }

make_network() {
  ip link add "$cluster" type bridge
  ip addr add "$subnet.1/24" dev "$cluster"
  ip link set "$cluster" up
  local node other
  for node in "${nodes[@]}"; do
    ip netns add "$cluster-$node"
    ip link add "$cluster$node" type veth peer name eth0 netns "$cluster-$node"
    ip link set "$cluster$node" master "$cluster" up
    local inside=(ip netns exec "$cluster-$node")
    "${inside[@]}" ip link set lo up
    "${inside[@]}" ip addr add "$(address "$node")/24" dev eth0
    "${inside[@]}" ip link set eth0 up
    "${inside[@]}" ip route add default via "$subnet.1"
    "${inside[@]}" sysctl -qw net.ipv4.ip_forward=1
    # Where the module is there, a Service is reached from a pod of the same bridge only with it.
    "${inside[@]}" sysctl -qw net.bridge.bridge-nf-call-iptables=1 2> /dev/null || true
    for other in "${nodes[@]}"; do
      [ "$other" = "$node" ] || "${inside[@]}" ip route add "10.244.$(number "$other").0/24" via "$(address "$other")"
    done
  done
}

address() { echo "$subnet.$(($(number "$1") + 1))"; }

# A process that does nothing holds the node's namespaces; all that runs on the node joins them. What programs write
# under /run, /var/lib and /var/log is the node's alone.
hold() { # node
  local folder=$run/$1
  mkdir -p "$folder"/{log,cni,containerd}
  setsid nsenter --net="/run/netns/$cluster-$1" unshare -m --propagation private bash -c "
    mount --make-rshared / &&
    mount --bind '$folder/log' /var/log &&
    mount -t tmpfs tmpfs /run &&
    mount -t tmpfs tmpfs /var/lib/kubelet &&
    mount -t tmpfs tmpfs /var/lib/cni &&
    exec -a $cluster-$1-holder sleep infinity" > "$run/log/$1-holder.log" 2>&1 < /dev/null 7>&- 8>&- &
  echo $! > "$run/pids/$1-holder"
  await 10 "the namespaces of $1" on_node "$1" mountpoint -q /var/lib/cni
}

start_containerd() { # node
  local node=$1 folder=$run/$1
  cat > "$folder/containerd.toml" << T
version = 3
root = "$folder/containerd/root"
state = "/run/containerd"
[grpc]
  address = "/run/containerd/containerd.sock"
[plugins.'io.containerd.cri.v1.images']
  snapshotter = "overlayfs"
  [plugins.'io.containerd.cri.v1.images'.pinned_images]
    sandbox = "localhost/pause:1"
[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = true
  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dirs = ["$bin/cni"]
    conf_dir = "$folder/cni"
  [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
      SystemdCgroup = false
      BinaryName = "$(command -v runc)"
[plugins.'io.containerd.internal.v1.opt']
  path = "$folder/containerd/opt"
T
  cat > "$folder/cni/10-bridge.conflist" << C
{"cniVersion": "1.0.0", "name": "pods", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "/var/lib/cni/ipam",
            "ranges": [[{"subnet": "10.244.$(number "$node").0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
C
  start_on "$node" "$node-containerd" env "PATH=$bin:$PATH" "$bin/containerd" -c "$folder/containerd.toml" -l warn
  await 30 "containerd of $node" on_node "$node" "$bin/ctr" -a /run/containerd/containerd.sock version
}

ctr() { # node arguments…
  local node=$1
  shift
  on_node "$node" "$bin/ctr" -a /run/containerd/containerd.sock -n k8s.io "$@"
}

import_images() { # node archive…
  local node=$1 archive
  shift
  for archive in "$@"; do ctr "$node" images import --local "$archive" >> "$run/log/images.log" 2>&1; done
}

start_kubelet() { # node
  local node=$1 folder=$run/$1 controller
  # Pods of several clusters on one machine must not share a cgroup: each kubelet removes what it does not know.
  for controller in /sys/fs/cgroup/*/; do
    [ ! -e "$controller/cgroup.procs" ] || mkdir -p "$controller/$cluster-$node"
  done
  [ ! -e /sys/fs/cgroup/cpuset ] || for file in cpus mems; do
    cat "/sys/fs/cgroup/cpuset/cpuset.$file" > "/sys/fs/cgroup/cpuset/$cluster-$node/cpuset.$file"
  done
  echo "nameserver $subnet.1" > "$folder/resolv.conf"
  cat > "$folder/kubelet.yaml" << Y
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
failCgroupV1: false
cgroupDriver: cgroupfs
cgroupRoot: /$cluster-$node
failSwapOn: false
oomScoreAdj: 0
makeIPTablesUtilChains: false
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $run/pki/ca.crt}}
authorization: {mode: Webhook}
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
resolvConf: $folder/resolv.conf
podLogsDir: /var/log/pods
clusterDomain: cluster.local
clusterDNS: [$dns_address]
evictionHard: {memory.available: 100Mi, nodefs.available: 2%, imagefs.available: 2%, nodefs.inodesFree: 1%, imagefs.inodesFree: 1%}
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
nodeStatusUpdateFrequency: 5s
registryPullQPS: 0
eventRecordQPS: 0
Y
  start_on "$node" "$node-kubelet" "$bin/kubelet" --config="$folder/kubelet.yaml" \
    --kubeconfig="$run/kubelet-$node.kubeconfig" --root-dir=/var/lib/kubelet --hostname-override="$node" \
    --node-ip="$(address "$node")" --cert-dir="$folder/kubelet"
  cat > "$folder/kube-proxy.yaml" << Y
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
clusterCIDR: 10.244.0.0/16
hostnameOverride: $node
oomScoreAdj: 0
bindAddress: $(address "$node")
clientConnection: {kubeconfig: $run/proxy.kubeconfig}
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
Y
  start_on "$node" "$node-kube-proxy" "$bin/kube-proxy" --config="$folder/kube-proxy.yaml"
}
