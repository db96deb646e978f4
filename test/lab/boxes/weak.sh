# A box with the mistakes that are made, in all six layers.

# 1 network: no firewall at all.
systemctl disable --now ufw nftables >/dev/null 2>&1

cat >/usr/local/bin/helper <<'PYTHON'
#!/usr/bin/python3
import http.server
http.server.test(http.server.SimpleHTTPRequestHandler, port=9999)
PYTHON
chmod 755 /usr/local/bin/helper
cat >/etc/systemd/system/helper.service <<'UNIT'
[Service]
WorkingDirectory=/srv
ExecStart=/usr/local/bin/helper
[Install]
WantedBy=multi-user.target
UNIT

# 2 access.
cat >>/etc/ssh/sshd_config <<'SSHD'
PasswordAuthentication yes
SSHD
cat >/etc/ssh/sshd_config.d/10-easy.conf <<'SSHD'
PermitRootLogin yes
PermitEmptyPasswords yes
HostbasedAuthentication yes
KbdInteractiveAuthentication yes
ClientAliveInterval 300
ClientAliveCountMax 0
MaxAuthTries 20
LoginGraceTime 0
MaxStartups 1000
X11Forwarding yes
AllowAgentForwarding yes
AllowTcpForwarding yes
PermitTunnel yes
GatewayPorts yes
PermitUserEnvironment yes
KexAlgorithms +diffie-hellman-group14-sha1
Ciphers +aes128-cbc
MACs +hmac-sha1
HostKeyAlgorithms +ssh-rsa
SSHD
ssh-keygen -q -t rsa -b 2048 -N '' -f /etc/ssh/ssh_host_rsa_key <<<y >/dev/null
systemctl restart ssh

useradd -m -s /bin/bash -G docker alice
useradd -m -s /bin/bash bob
useradd -m -s /bin/bash carol
passwd -d bob >/dev/null
useradd -o -u 0 -g 0 -M -s /bin/bash toor
usermod -p '$1$labsalt0$GUmhrvfBfmWUeLVtZqq6p/' carol
echo 'root:correct-horse-battery' | chpasswd
install -d -m 777 /home/alice/.ssh
ssh-keygen -q -t rsa -b 1024 -N '' -f /home/alice/.ssh/id_rsa
ssh-keygen -q -t ed25519 -N '' -f /root/laptop
cat /home/alice/.ssh/id_rsa.pub /root/laptop.pub >/home/alice/.ssh/authorized_keys
rm /root/laptop /root/laptop.pub
chmod 666 /home/alice/.ssh/authorized_keys
chmod 644 /home/alice/.ssh/id_rsa
chown -R alice: /home/alice/.ssh
chmod 644 /etc/shadow
mkdir -p /etc/sudoers.d
printf 'root ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n' >/etc/sudoers
chmod 440 /etc/sudoers
echo 'alice ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/90-alice
chmod 666 /etc/sudoers.d/90-alice

# fail2ban as stock Debian 12 leaves it: no log file to read.
systemctl disable --now rsyslog >/dev/null 2>&1
rm -f /var/log/auth.log
systemctl restart fail2ban || true

# 3 host.
cat >/etc/apt/apt.conf.d/20auto-upgrades <<'APT'
APT::Periodic::Update-Package-Lists "0";
APT::Periodic::Unattended-Upgrade "0";
APT
echo 'deb [trusted=yes] http://packages.example.org/debian bookworm main' >/etc/apt/sources.list.d/extra.list
for unneeded in rpcbind avahi-daemon cups; do
  printf '[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n' >/etc/systemd/system/$unneeded.service
done
running_value kernel.kptr_restrict 0
running_value kernel.dmesg_restrict 0
running_value kernel.unprivileged_bpf_disabled 0
running_value kernel.randomize_va_space 1
running_value kernel.perf_event_paranoid 1
running_value fs.protected_symlinks 0
running_value fs.protected_hardlinks 0
running_value fs.protected_fifos 0
running_value fs.protected_regular 0
sysctl -q -w net.ipv4.tcp_syncookies=0 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 \
  net.ipv4.conf.all.accept_redirects=1 net.ipv4.conf.default.accept_redirects=1 net.ipv4.conf.all.send_redirects=1 \
  net.ipv4.conf.all.accept_source_route=1 net.ipv4.conf.default.accept_source_route=1 \
  net.ipv4.conf.all.log_martians=0 net.ipv4.conf.default.log_martians=0
mkdir -p /run/reboot-required.d
touch /run/reboot-required
chmod 666 /etc/crontab 2>/dev/null || { echo '# none' >/etc/crontab; chmod 666 /etc/crontab; }
install -d -m 777 /srv/drop
install -m 4755 /bin/busybox /usr/local/bin/rescue

fake_ollama
cat >/etc/systemd/system/ollama.service <<'UNIT'
[Unit]
Description=Ollama Service
# The remediation test restarts it more often than an operator would.
StartLimitIntervalSec=0
[Service]
WorkingDirectory=/usr/share/ollama
ExecStart=/usr/local/bin/ollama serve
Environment="OLLAMA_HOST=0.0.0.0:11434" "OLLAMA_ORIGINS=*"
Environment="HF_TOKEN=hf_abcdefghijklmnopqrstuvwxyz0123456789"
LimitCORE=infinity
TasksMax=infinity
[Install]
WantedBy=multi-user.target
UNIT
chmod 666 /etc/systemd/system/ollama.service
chmod 777 /usr/share/ollama/.ollama/models
printf 'not what its name says' >"/usr/share/ollama/.ollama/models/blobs/sha256-$(printf '0%.0s' $(seq 64))"

# A GPU whose driver nobody updated.
mkdir -p /run/driver/nvidia /etc/nvidia-container-runtime
echo 'NVRM version: NVIDIA UNIX x86_64 Kernel Module  470.57.02  Tue Jul 13 16:14:05 UTC 2021' >/run/driver/nvidia/version
printf 'RmProfilingAdminOnly: 0\nDeviceFileMode: 438\nModifyDeviceFiles: 1\n' >/run/driver/nvidia/params
mkdir -p /run/driver/nvidia/gpus/0000:01:00.0 /run/driver/nvidia/gpus/0000:02:00.0
mount --bind /run/driver /proc/driver
for device in 0 1 ctl:255; do mknod -m 666 "/dev/nvidia${device%:*}" c 195 "${device#*:}" || true; done
printf '# accept-nvidia-visible-devices-envvar-when-unprivileged = true\n' >/etc/nvidia-container-runtime/config.toml
printf '\nPackage: nvidia-container-toolkit\nStatus: install ok installed\nPriority: optional\nSection: utils\nMaintainer: NVIDIA\nArchitecture: amd64\nVersion: 1.14.3-1\nDescription: NVIDIA Container toolkit\n' >>/var/lib/dpkg/status

# 4 containers.
ln -s /usr/sbin/runc /usr/bin/nvidia-container-runtime
mkdir -p /etc/docker /etc/systemd/system/docker.service.d
cat >/etc/docker/daemon.json <<'JSON'
{
  "default-runtime": "nvidia",
  "runtimes": { "nvidia": { "path": "/usr/bin/nvidia-container-runtime" } },
  "insecure-registries": ["registry.example.org:5000"],
  "experimental": true
}
JSON
printf '[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd -H fd:// -H tcp://0.0.0.0:2375 --containerd=/run/containerd/containerd.sock\n' \
  >/etc/systemd/system/docker.service.d/10-remote.conf
systemctl daemon-reload
systemctl restart docker
chmod 666 /run/docker.sock
systemctl enable --now helper ollama rpcbind avahi-daemon cups >/dev/null 2>&1

import_image
image ghcr.io/open-webui/open-webui:main
image vllm/vllm-openai:latest
image n8nio/n8n:1.50.0
image portainer/portainer-ce
image postgres:13
image qdrant/qdrant:v1.7.0
image redis:6
image quay.io/jupyter/base-notebook:latest
image grafana/grafana:8.2.0
image nvcr.io/nvidia/k8s/dcgm-exporter:latest
image alpine

docker run -d --name open-webui -p 3000:8080 -e WEBUI_AUTH=False -e ENABLE_SIGNUP=true \
  -e OPENAI_API_KEY=sk-abcdefghijklmnopqrstuvwxyz0123456789 --restart always ghcr.io/open-webui/open-webui:main
docker run -d --name vllm -p 8000:8000 -e LISTEN=8000 -e NVIDIA_VISIBLE_DEVICES=all --ipc host vllm/vllm-openai:latest \
  --model facebook/opt-125m --trust-remote-code
docker run -d --name n8n -p 5678:5678 -e LISTEN=5678 -e N8N_SECURE_COOKIE=false \
  -v /var/run/docker.sock:/var/run/docker.sock n8nio/n8n:1.50.0
docker run -d --name portainer -p 9000:9000 -e LISTEN=9000 -v /run:/host/run portainer/portainer-ce
docker run -d --name postgres -p 5432:5432 -e LISTEN=5432 -e POSTGRES_PASSWORD=postgres postgres:13
docker run -d --name qdrant -p 6333:6333 -e LISTEN=6333 qdrant/qdrant:v1.7.0
docker run -d --name redis --network host --pid host -e LISTEN=6379 redis:6
docker run -d --name notebook -p 8888:8888 -e LISTEN=8888 quay.io/jupyter/base-notebook:latest \
  start-notebook.sh --NotebookApp.token= --NotebookApp.password=
docker run -d --name grafana -p 3001:3000 -e LISTEN=3000 -e GF_AUTH_ANONYMOUS_ENABLED=true \
  -e GF_SECURITY_ADMIN_PASSWORD=admin grafana/grafana:8.2.0
docker run -d --name local-only -p 127.0.0.1:8081:8080 alpine
docker create --name dcgm --gpus all --cap-add SYS_ADMIN -p 9400:9400 nvcr.io/nvidia/k8s/dcgm-exporter:latest
docker create --name debug --privileged --pid host --uts host --cgroupns host --userns host \
  --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined \
  --security-opt no-new-privileges:false --cap-add ALL --device /dev/mem --mount type=bind,src=/,dst=/host,bind-propagation=rshared alpine

# 5 application.
printf 'admin:{SHA}0DPiKuNIrrVmD8IUCuw1hQxNqZc=\n' >/etc/nginx/htpasswd
cat >/etc/nginx/sites-available/default <<'NGINX'
server {
  listen 80 default_server;
  access_log off;
  client_max_body_size 0;
  location / { proxy_pass http://127.0.0.1:11434; }
  location /nginx_status { stub_status; }
  location /admin/ { auth_basic "admin"; auth_basic_user_file /etc/nginx/htpasswd; proxy_pass http://127.0.0.1:3001; }
}
NGINX
systemctl restart nginx
install -d -m 777 /srv/models
# pickle: os.system('id') when it is loaded.
printf 'cposix\nsystem\n(S'"'"'id'"'"'\ntR.' >/srv/models/model.pkl
mkdir -p /opt/litellm
printf 'OPENAI_API_KEY=sk-abcdefghijklmnopqrstuvwxyz0123456789\nPOSTGRES_PASSWORD=postgres\n' >/opt/litellm/.env
chmod 644 /opt/litellm/.env

# 6 monitoring.
systemctl disable auditd >/dev/null 2>&1 || true
mkdir -p /etc/systemd/journald.conf.d
printf '[Journal]\nStorage=volatile\n' >/etc/systemd/journald.conf.d/10-volatile.conf
rm -rf /var/log/journal
systemctl restart systemd-journald
chmod 644 /var/log/nginx/*.log 2>/dev/null || true
chmod 755 /var/log/nginx

# Edited, and never reloaded.
touch /etc/ssh/sshd_config

wait_for_port 11434
