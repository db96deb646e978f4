# What every box script stands on; bash reads it before the box's own.
set -eEuo pipefail
trap 'echo "failed: $BASH_COMMAND" >&2' ERR
PS4='+ $EPOCHREALTIME '
export DEBIAN_FRONTEND=noninteractive

# Containers and unit limits need control groups that may be written.
writable_control_groups() {
  local mount
  for mount in $(awk '$3 ~ /^cgroup2?$/ { print $2 }' /proc/mounts) /sys/fs/cgroup; do
    mount -o remount,rw,bind "$mount" || true
  done
  systemctl daemon-reexec
}

# An image without a registry: busybox as a server that ignores what it is told to run, and how to stop.
import_image() {
  local image=/root/image
  mkdir -p $image/bin $image/www $image/tmp
  cp /bin/busybox $image/bin/busybox
  for applet in sh httpd nc sleep wget; do ln -sf busybox $image/bin/$applet; done
  echo 'a fake service' >$image/www/index.html
  # The first process of a container takes no signal that it does not handle, and a stop would wait 10 s.
  printf '#!/bin/sh\ntrap "exit 0" TERM\nhttpd -f -h /www -p "${LISTEN:-8080}" &\nwait\n' >$image/bin/serve
  chmod 755 $image/bin/serve
  chmod 1777 $image/tmp
  until docker info >/dev/null 2>&1; do sleep 0.2; done
  tar -C $image -c . | docker import --change 'ENTRYPOINT ["/bin/serve"]' - lab/base:1 >/dev/null
  rm -r $image
}

# image NAME CHANGE…: the base image under the name of a real one.
image() {
  local name=$1 changes=()
  shift
  for change in "$@"; do changes+=("$change"); done
  if [ ${#changes[@]} -eq 0 ]; then docker tag lab/base:1 "$name"; return; fi
  { echo 'FROM lab/base:1'; printf '%s\n' "${changes[@]}"; } | docker build -q -t "$name" - >/dev/null
}

# A program whose name, path and arguments are Ollama's: a copy of Python that finds its script as ./serve.
fake_ollama() {
  cp "$(readlink -f /usr/bin/python3)" /usr/local/bin/ollama
  useradd -r -s /usr/sbin/nologin -m -d /usr/share/ollama ollama
  mkdir -p /usr/share/ollama/.ollama/models/blobs
  cat >/usr/share/ollama/serve <<'PYTHON'
import http.server, json, os
host, _, port = os.environ.get('OLLAMA_HOST', '127.0.0.1:11434').removeprefix('http://').rpartition(':')
if not host: host, port = port, '11434'
class Ollama(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = {'/api/version': {'version': '0.1.30'}, '/api/tags': {'models': []}}.get(self.path)
        answer = b'Ollama is running' if body is None else json.dumps(body).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(answer)
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer((host, int(port)), Ollama).serve_forever()
PYTHON
  chown -R ollama: /usr/share/ollama
}

# running_value KEY VALUE: what this box sees of a kernel setting that belongs to the whole machine.
running_value() {
  local path=/proc/sys/${1//.//}
  [ -f "$path" ] || return 0
  mkdir -p /run/kernel-settings
  echo "$2" >"/run/kernel-settings/$1"
  mount --bind "/run/kernel-settings/$1" "$path"
}

# wait_for_port PORT: until something listens there.
wait_for_port() {
  for _ in $(seq 100); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return; fi
    sleep 0.1
  done
  echo "nothing listens on $1" >&2
  return 1
}

writable_control_groups
