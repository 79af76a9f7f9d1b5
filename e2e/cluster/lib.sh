# What the scripts of this folder share. Sourced, with $here set to this folder.

fail() { echo "e2e/cluster/$*" >&2; exit 1; }

# The version of a module in one of the go.mod files.
pinned() { # folder module
  sed -n "s|^.*[[:space:]]$2 \(v[0-9.]*\).*|\1|p" "$here/go/$1/go.mod" | head -n 1
}

architecture() { case "$(uname -m)" in x86_64) echo amd64 ;; aarch64) echo arm64 ;; *) uname -m ;; esac; }

# Outside the checkout, so that a fresh clone finds what the one before it built.
cache=${MODELYARD_CLUSTER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/modelyard-cluster}

# A folder a set of sources: other versions are other binaries.
sources=$(cd "$here/go" && sha256sum -- */go.mod */go.sum */*.go | sha256sum | cut -c1-12)
bin=$cache/bin-$sources

# Several clusters can run on one machine, each with a slot of its own: other namespaces, addresses and folders.
slot=${MODELYARD_CLUSTER_SLOT:-0}
case "$slot" in [0-9]|[0-9][0-9]) ;; *) fail "lib.sh: MODELYARD_CLUSTER_SLOT=$slot is not a number from 0 to 99" ;; esac
cluster=mdyard$slot
run=$cache/run-$slot
subnet=10.233.$slot
api_address=$subnet.2
api_port=6443
service_range=10.96.0.0/16
dns_address=10.96.0.10
nodes=(node1 node2)

# Runs a command in a node's network and mount namespaces.
on_node() { # node command…
  local holder
  holder=$(cat "$run/pids/$1-holder")
  shift
  nsenter -t "$holder" -m -n -- "$@"
}

# Starts a program on a node. It outlives this shell; its pid and log carry its name.
start_on() { # node name command…
  local node=$1 name=$2 holder
  shift 2
  holder=$(cat "$run/pids/$node-holder")
  printf '%q ' "$node" "$name" "$@" > "$run/commands/$name"
  # Whoever starts it, a test too, has variables that it would take for its own, such as ETCD_….
  setsid nsenter -t "$holder" -m -n -- env -i "PATH=$PATH" "HOME=$HOME" "$@" >> "$run/log/$name.log" 2>&1 < /dev/null 7>&- 8>&- &
  echo $! > "$run/pids/$name"
}

# Ends a program that start_on started. Nothing here is worth the wait for an orderly end: an API server without its etcd
# takes a minute for it.
stop_program() { # name
  local pid
  pid=$(cat "$run/pids/$1" 2> /dev/null) || return 0
  rm -f "$run/pids/$1"
  kill -KILL "$pid" 2> /dev/null || return 0
  # A process that nobody has reaped yet still answers kill -0.
  while grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$pid/status"; do sleep 0.05; done
}

# Waits until a command succeeds.
await() { # seconds what command…
  local seconds=$1 what=$2 until
  shift 2
  until=$((SECONDS + seconds))
  until "$@" > /dev/null 2>&1; do
    [ $SECONDS -lt $until ] || fail "$what: not within $seconds s"
    sleep 0.2
  done
}

kubectl() { "$bin/kubectl" --kubeconfig "$run/admin.kubeconfig" "$@"; }
