#!/bin/sh
# firewalld over the lab's root, in a layer of its own (a box that boots must not start it):
# build-firewalld.sh ROOT LAYER. A stamp with the root's own lets a cached layer be reused.
set -eu

root=$1
layer=$2
wanted="firewalld over $(cat "$root.stamp")"
if [ "$(cat "$layer.stamp" 2>/dev/null || true)" = "$wanted" ]; then exit 0; fi

rm -rf "$layer" "$layer.work" "$layer.stamp"
mkdir -p "$layer" "$layer.work"
# Nobody else sees this mount, and it goes with the shell.
unshare --mount sh -eu -s "$root" "$layer" <<'END'
merged=/mnt
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2,workdir=$2.work" "$merged"
mount --bind /proc "$merged/proc"
cp /etc/resolv.conf "$merged/etc/resolv.conf"
chroot "$merged" apt-get update
chroot "$merged" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends firewalld
chroot "$merged" apt-get clean
END
rm -rf "$layer.work"
printf '%s' "$wanted" >"$layer.stamp"
