#!/bin/sh
# Builds the Debian root that every lab box boots over: build-root.sh DIRECTORY
# A stamp with the package list lets a cached root be reused until this list changes.
set -eu

root=$1
suite=bookworm
base=systemd,systemd-sysv,dbus,openssh-server,ufw,fail2ban,iproute2,iptables,procps,python3-systemd,unattended-upgrades,nginx-light
extra='docker.io rsyslog curl nftables auditd apparmor kmod busybox-static lynis'

wanted="$suite $base $extra"
if [ "$(cat "$root.stamp" 2>/dev/null || true)" = "$wanted" ]; then exit 0; fi

rm -rf "$root" "$root.stamp"
mkdir -p "$root"
debootstrap --variant=minbase --include="$base" "$suite" "$root"
# shellcheck disable=SC2086  # the list is meant to split
chroot "$root" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $extra
chroot "$root" apt-get clean
printf '%s' "$wanted" >"$root.stamp"
