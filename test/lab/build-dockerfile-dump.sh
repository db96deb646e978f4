#!/bin/sh
# Makes the program that shows how BuildKit reads a Dockerfile, from Debian's own sources: build-dockerfile-dump.sh PROGRAM.
# Nothing is installed: compiler and sources of Debian 13 are unpacked into a directory that is removed again.
set -eu

program=$(realpath -m "$1")
here=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir -p lists/partial cache/archives/partial root mod/pkgerrors mod/dump mod/util/stack mod/frontend
keys=/usr/share/keyrings/debian-archive-keyring.gpg
for kind in deb deb-src; do
  echo "$kind [signed-by=$keys] http://deb.debian.org/debian trixie main"
done > sources.list

apt() {
  apt-get -qq -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$work/lists" \
    -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root "$@"
}
apt update
apt download golang-1.24-go golang-1.24-src golang-github-pkg-errors-dev
# Its description may be gone from the mirror before its sources are: those are what is needed.
apt source --download-only docker.io || true
for package in ./*.deb; do dpkg -x "$package" root; done
tar xJf ./docker.io_*.orig-buildkit.tar.xz

go=$work/root/usr/lib/go-1.24
for part in src api misc test; do ln -sfn "$work/root/usr/share/go-1.24/$part" "$go/$part"; done
cp -r buildkit/frontend/dockerfile mod/frontend/
find mod -name '*_test.go' -delete
cp root/usr/share/gocode/src/github.com/pkg/errors/*.go mod/pkgerrors/
rm -f mod/pkgerrors/*_test.go
echo 'module github.com/pkg/errors' > mod/pkgerrors/go.mod
printf 'package stack\n\nfunc Enable(err error) error { return err }\n' > mod/util/stack/stack.go
cat > mod/go.mod <<'END'
module github.com/moby/buildkit
go 1.21
require github.com/pkg/errors v0.9.1
replace github.com/pkg/errors => ./pkgerrors
END
cp "$here/dockerfile-dump/main.go" mod/dump/
mkdir -p "$(dirname "$program")"
cd mod
GOROOT=$go GOFLAGS=-mod=mod GOPROXY=off GOTOOLCHAIN=local GOCACHE=$work/cache/go GOPATH=$work/go "$go/bin/go" build -p 1 -o "$program" ./dump
