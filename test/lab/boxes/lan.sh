# A box that the internet does not reach and the whole LAN does: each product once without its key and once with it.

# 2 access: SSH moved and kept its old port too, and the jail closes only the old one.
cat >/etc/ssh/sshd_config.d/10-lan.conf <<'SSHD'
Port 22
Port 2222
AddressFamily inet
PermitRootLogin prohibit-password
PasswordAuthentication no
SSHD
printf 'Match Address 10.77.0.0/24\n    PermitRootLogin no\n' >>/etc/ssh/sshd_config
systemctl restart ssh

touch /var/log/portal.log /var/log/nginx/wiki-error.log
cat >/etc/fail2ban/jail.d/10-lan.local <<'JAIL'
[DEFAULT]
banaction = iptables-multiport
ignoreip = 127.0.0.1/8 10.0.0.0/8
[sshd]
enabled = true
backend = systemd
port = 22
maxretry = 20
bantime = 60
[nginx-http-auth]
enabled = true
backend = auto
port = http
logpath = /var/log/nginx/wiki-error.log
# Bans before Docker's redirection is passed, which nobody who is banned meets.
[portal]
enabled = true
backend = auto
filter = nginx-http-auth
port = 9000
logpath = /var/log/portal.log
# Bans where forwarded packets pass, on the port that they carry there.
[gateway]
enabled = true
backend = auto
filter = nginx-http-auth
port = 4000
chain = DOCKER-USER
logpath = /var/log/portal.log
JAIL

# 1 network: UFW lets the LAN in, logs nothing, and has a rule too late and one too many.
ufw default deny incoming >/dev/null
ufw allow proto tcp from 10.77.0.0/24 to any port 22,80,2222,9999 >/dev/null
ufw allow 8443/tcp >/dev/null
ufw deny proto tcp from 10.77.0.66 to any port 8443 >/dev/null
ufw logging off >/dev/null
ufw --force enable >/dev/null
systemctl enable ufw >/dev/null 2>&1
# By hand, and not in UFW's files.
iptables -A ufw-user-input -p tcp --dport 8444 -j ACCEPT

cat >/usr/local/bin/helper <<'PYTHON'
#!/usr/bin/python3
import http.server
http.server.test(http.server.SimpleHTTPRequestHandler, port=9999, bind='0.0.0.0')
PYTHON
chmod 755 /usr/local/bin/helper
printf '[Service]\nWorkingDirectory=/srv\nExecStart=/usr/local/bin/helper\n' >/etc/systemd/system/helper.service

# 4 containers: users are mapped, the API is open to every local program, and the LAN passes DOCKER-USER.
mkdir -p /etc/docker /etc/systemd/system/docker.service.d
echo '{ "userns-remap": "default" }' >/etc/docker/daemon.json
printf '[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd -H fd:// -H tcp://127.0.0.1:2375 --containerd=/run/containerd/containerd.sock\n' \
  >/etc/systemd/system/docker.service.d/10-local.conf
systemctl daemon-reload
systemctl restart docker
systemctl start helper
iptables -F DOCKER-USER
iptables -A DOCKER-USER -i host0 -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN
iptables -A DOCKER-USER -i host0 -s 10.77.0.0/24 -j RETURN
iptables -A DOCKER-USER -i host0 -j DROP
iptables -A DOCKER-USER -j RETURN
import_image

# offer NAME IMAGE PORT [OPTION…] [-- ARGUMENT…]: a container whose port the LAN reaches, over IPv4 alone.
offer() {
  local name=$1 name_of_image=$2 port=$3 options=()
  shift 3
  while [ $# -gt 0 ] && [ "$1" != -- ]; do options+=("$1"); shift; done
  [ $# -eq 0 ] || shift
  docker tag lab/base:1 "$name_of_image"
  # The host's own user namespace: what mapping needs is not there in a box. What stays mapped is only created.
  docker run -d --userns host --name "$name" -p "0.0.0.0:$port:$port" -e "LISTEN=$port" "${options[@]}" "$name_of_image" "$@"
}
# keyed NAME IMAGE [OPTION…] [-- ARGUMENT…]: one that is made and not started.
keyed() {
  local name=$1 name_of_image=$2 options=()
  shift 2
  while [ $# -gt 0 ] && [ "$1" != -- ]; do options+=("$1"); shift; done
  [ $# -eq 0 ] || shift
  docker create --name "$name" -P --expose 8080 "${options[@]}" "$name_of_image" "$@"
}
key=0123456789abcdef0123456789abcdef
kobold=koboldai/koboldcpp:1.99
offer koboldcpp $kobold 5001 -- --model model.gguf
keyed koboldcpp-keyed $kobold -- --model model.gguf --password $key
litellm=ghcr.io/berriai/litellm:v1.80.0
offer litellm $litellm 4000
keyed litellm-keyed $litellm -e LITELLM_MASTER_KEY=sk-$key
llamacpp=ghcr.io/ggml-org/llama.cpp:server-b7000
offer llamacpp $llamacpp 8080 -- --host 0.0.0.0 -m model.gguf
keyed llamacpp-keyed $llamacpp -e LLAMA_API_KEY=$key -- --host 0.0.0.0 -m model.gguf
localai=localai/localai:v3.8.0
offer localai $localai 8081
keyed localai-keyed $localai -e LOCALAI_API_KEY=$key
mcpo=ghcr.io/open-webui/mcpo:v0.0.19
offer mcpo $mcpo 8001 -- --port 8001 -- uvx mcp-server-time
keyed mcpo-keyed $mcpo -- --api-key $key -- uvx mcp-server-time
qdrant=qdrant/qdrant:v1.16.0
offer qdrant $qdrant 6333
keyed qdrant-keyed $qdrant -e QDRANT__SERVICE__API_KEY=$key
sglang=lmsysorg/sglang:v0.5.5
offer sglang $sglang 30000 -- python3 -m sglang.launch_server --host 0.0.0.0
keyed sglang-keyed $sglang -- python3 -m sglang.launch_server --host 0.0.0.0 --api-key $key
speaches=ghcr.io/speaches-ai/speaches:0.8.3-cpu
offer speaches $speaches 8002
keyed speaches-keyed $speaches -e API_KEY=$key
textgen=atinoda/text-generation-webui:default-v3.16
offer textgen $textgen 7860 -- python3 server.py --listen
keyed textgen-keyed $textgen -- python3 server.py --listen --gradio-auth-path /run/auth
tgi=ghcr.io/huggingface/text-generation-inference:3.3.6
offer tgi $tgi 3000 -- --model-id bigscience/bloom-560m
keyed tgi-keyed $tgi -e API_KEY=$key -- --model-id bigscience/bloom-560m
docker tag lab/base:1 ghcr.io/open-webui/open-webui:v0.6.36
keyed open-webui ghcr.io/open-webui/open-webui:v0.6.36 -e ENABLE_SIGNUP=False
offer portainer portainer/portainer-ce:2.33.0 9000 -v /etc:/host/etc:ro
offer redis redis:8.0 6379
# Ollama has no unix sockets, whatever a guide says.
offer ollama ollama/ollama:0.20.0 11434 -e OLLAMA_HOST=unix:///run/ollama.sock -e OLLAMA_DEBUG_LOG_REQUESTS=1
mknod /dev/ttyUSB0 c 188 0 || true
docker create --name meter --device /dev/ttyUSB0 redis:8.0

# 5 application: two sites behind a password, and a jail that reads the log of one.
printf 'admin:{SHA}0DPiKuNIrrVmD8IUCuw1hQxNqZc=\n' >/etc/nginx/htpasswd
cat >/etc/nginx/sites-available/default <<'NGINX'
server {
  listen 80 default_server;
  error_log /var/log/nginx/wiki-error.log;
  location / { auth_basic "wiki"; auth_basic_user_file /etc/nginx/htpasswd; proxy_pass http://127.0.0.1:8080; }
}
NGINX
cat >/etc/nginx/sites-available/chat <<'NGINX'
server {
  listen 80;
  server_name chat.example.org;
  error_log /var/log/nginx/chat-error.log;
  location / { auth_basic "chat"; auth_basic_user_file /etc/nginx/htpasswd; proxy_pass http://127.0.0.1:11434; }
}
NGINX
ln -s ../sites-available/chat /etc/nginx/sites-enabled/chat
systemctl restart nginx
systemctl enable fail2ban >/dev/null 2>&1
systemctl restart fail2ban
until fail2ban-client status gateway >/dev/null 2>&1; do sleep 0.2; done
for port in 9999 11434; do wait_for_port $port; done
