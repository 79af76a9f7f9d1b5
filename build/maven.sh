# How scripts have Maven build: sourced by modelyard, bench/run and e2e/cluster/images.
#
# A build locks its source tree, so that two never write the same files, and marks with target/building that it runs.
# Where Maven ends by itself, well or not, the mark goes. A mark that stands under no lock is of a build that was killed:
# what that build wrote may be half, so it is thrown away, and nothing else is.

# Whether an artifact is missing, or older than a file that it is made of.
stale() { # root artifact source…
  local root=$1 artifact=$1/$2 source found
  shift 2
  [ -f "$artifact" ] || return 0
  for source in "$@" pom.xml; do
    found="$(find "$root/$source" -type f -newer "$artifact" -print -quit)"
    [ -z "$found" ] || return 0
  done
  return 1
}

# Whether a build runs in this tree, or was killed there.
build_pending() { [ -e "$1/target/building" ]; } # root

# Takes the lock of a tree, and says that it waits where another build has it; mends what a killed build left. The lock
# is the folder itself, held by file descriptor 8, also by Maven: it is free when both are gone, however they ended.
build_lock() { # root name
  exec 8< "$1"
  if ! take_lock 1; then
    echo "$2: waiting for another build in $1" >&2
    take_lock
  fi
  mend "$1" "$2"
}

build_unlock() { exec 8<&-; }

take_lock() { # [at once]
  if command -v flock > /dev/null; then
    flock ${1:+-n} 8
  elif command -v perl > /dev/null; then
    # macOS has no flock program. The lock is of the open file, so it outlives this perl.
    perl -e 'open(my $folder, "<&=", 8) or die; exit(flock($folder, $ARGV[0] ? 6 : 2) ? 0 : 1)' "${1:-}"
  else
    echo "neither flock nor perl: do not start a second build beside this one" >&2
  fi
}

# A killed build wrote between two times; the second is missing where the watcher was killed with it.
mend() { # root name
  local root=$1 mark=$1/target/building killed=$1/target/killed target found
  [ -e "$mark" ] || return 0
  for target in "$root"/*/target "$root"/*/*/target; do
    [ -d "$target" ] || continue
    if [ -e "$killed" ]; then
      found="$(find "$target" -type f -newer "$mark" ! -newer "$killed" -print -quit)"
    else
      found="$(find "$target" -type f -newer "$mark" -print -quit)"
    fi
    if [ -n "$found" ]; then
      echo "$2: a build was ended midway; building anew what it was writing: ${target#"$root"/}" >&2
      rm -rf "$target"
    fi
  done
  rm -f "$mark" "$killed"
}

# Runs Maven, under the lock: `build_maven ROOT -pl operator -am package`. Returns what Maven does. A script that ends
# takes its Maven with it.
build_maven() { # root maven's words…
  local root=$1 mark=$1/target/building build code=0
  shift
  mkdir -p "$root/target"
  rm -f "$root/target/killed"
  echo $$ > "$mark"
  (cd "$root" && exec mvn -q -B -ntp -Dmaven.test.skip=true "$@") >&2 &
  build=$!
  # The reader of this pipe sees its end when this script ends, however it ends.
  exec 9> >(build_watcher "$build" "$root/target/killed" > /dev/null 2>&1)
  wait "$build" || code=$?
  if [ "$code" -lt 128 ]; then
    # What is as old as this file has all that was in the sources when the build began.
    mv "$mark" "$root/target/build-began"
  else
    touch "$root/target/killed"
  fi
  echo ended >&9
  exec 9>&-
  return "$code"
}

build_watcher() { # pid file
  local word tries=0
  read -r word || word=
  [ "$word" != ended ] || return 0
  kill "$1" || true
  # Bounded: in a container whose first process reaps nobody, an ended process is there for ever.
  while kill -0 "$1" && [ "$tries" -lt 150 ]; do
    tries=$((tries + 1))
    [ "$tries" -ne 100 ] || kill -KILL "$1"
    sleep 0.1
  done
  touch "$2"
}

# Maven leaves an unchanged artifact alone: from now on it is as new as the sources of the build that has just ended.
built() { touch -r "$1/target/build-began" "$1/$2"; } # root artifact
