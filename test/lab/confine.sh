#!/bin/bash
# Runs a command in control groups of its own: confine.sh NAME COMMAND…
# Boxes that share a group stop each other's services, since systemd takes what is in it for its own.
name=$1
shift

# Read before it moves: the list names where this shell is.
groups=$(cat /proc/self/cgroup)
while IFS=: read -r _ controllers path; do
  if [ -z "$controllers" ]; then
    # Version 2 lets a group that holds processes delegate nothing, so the new one goes to the top.
    top=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
    parent=$top
    for controller in $(cat "$top/cgroup.controllers"); do
      echo "+$controller" >"$top/cgroup.subtree_control"
    done
  else
    top=$(awk -v wanted="$controllers" '$3 == "cgroup" && index("," $4 ",", "," wanted ",") { print $2; exit }' /proc/mounts)
    parent=$top$path
  fi
  [ -n "$top" ] || continue
  group=${parent%/}/$name
  mkdir "$group"
  # A new cpuset is empty, and nothing can run in it.
  for file in cpuset.cpus cpuset.mems; do
    if [ -f "$parent/$file" ] && [ -f "$group/$file" ]; then cat "$parent/$file" >"$group/$file"; fi
  done
  echo $$ >"$group/cgroup.procs"
done <<<"$groups"

exec "$@"
