#!/bin/bash
# Unpacks Docker Compose v2 (Debian trixie's docker-compose, one static program) under DIRECTORY and prints its path.
# Nothing is installed: an apt of its own, with its own lists, downloads the package.
set -euo pipefail
directory=${1:?directory}
program=$directory/compose-v2/usr/libexec/docker/cli-plugins/docker-compose
if [ -x "$program" ]; then
  echo "$program"
  exit 0
fi
command -v apt-get >/dev/null || { echo 'no apt-get to download it with' >&2; exit 1; }
mkdir -p "$directory"
work=$(mktemp -d "$directory/compose-v2.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/root"
mirror=$(sed -nE 's/^(URIs: *|deb +(\[[^]]*\] +)?)(https?:\/\/[^ ]+\/debian)\/?( .*)?$/\3/p' \
  /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1) || true
keys=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$keys] ${mirror:-http://deb.debian.org/debian} trixie main" >"$work/sources.list"
apt=(apt-get -q -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=/dev/null
  -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache" -o Dir::State::status=/dev/null -o APT::Sandbox::User=root
  -o Acquire::http::Timeout=20 -o Acquire::Retries=1)
"${apt[@]}" update >"$work/log" 2>&1 || { tail -n 3 "$work/log" >&2; exit 1; }
(cd "$work" && "${apt[@]}" download docker-compose >>"$work/log" 2>&1) || { tail -n 3 "$work/log" >&2; exit 1; }
dpkg-deb -x "$work"/docker-compose_*.deb "$work/root"
rm -rf "$directory/compose-v2"
mv "$work/root" "$directory/compose-v2"
echo "$program"
