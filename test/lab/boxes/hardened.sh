# A box that passes everything that matters, for real: SSH for the LAN by key, Ollama on loopback, ten bounded containers.

# 2 access.
useradd -m -s /bin/bash deploy
usermod -p '*' root
usermod -p '*' deploy
install -d -m 700 -o deploy -g deploy /home/deploy/.ssh
ssh-keygen -q -t ed25519 -N '' -f /root/deploy-key
install -m 600 -o deploy -g deploy /root/deploy-key.pub /home/deploy/.ssh/authorized_keys
rm /root/deploy-key /root/deploy-key.pub
rm -f /etc/ssh/ssh_host_ecdsa_key* /etc/ssh/ssh_host_rsa_key*
cat >/etc/ssh/sshd_config.d/10-hardened.conf <<'SSHD'
HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin no
PasswordAuthentication no
KbdInteractiveAuthentication no
AuthenticationMethods publickey
AllowUsers deploy
ClientAliveInterval 300
ClientAliveCountMax 2
MaxAuthTries 3
LoginGraceTime 30
MaxStartups 10:30:60
X11Forwarding no
AllowAgentForwarding no
AllowTcpForwarding no
PermitTunnel no
KexAlgorithms sntrup761x25519-sha512@openssh.com,curve25519-sha256,curve25519-sha256@libssh.org
Ciphers aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr
MACs hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com
SSHD
chmod 600 /etc/ssh/sshd_config.d/10-hardened.conf
systemctl restart ssh

cat >/etc/fail2ban/jail.d/10-sshd.local <<'JAIL'
[sshd]
enabled = true
backend = systemd
maxretry = 5
findtime = 10m
bantime = 1h
JAIL

# 3 host.
cat >/etc/apt/apt.conf.d/20auto-upgrades <<'APT'
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
APT
systemctl enable --now apt-daily.timer apt-daily-upgrade.timer >/dev/null 2>&1 || true
running_value kernel.kptr_restrict 2
running_value kernel.dmesg_restrict 1
running_value kernel.unprivileged_bpf_disabled 1
running_value kernel.randomize_va_space 2
running_value kernel.perf_event_paranoid 3
running_value fs.protected_symlinks 1
running_value fs.protected_hardlinks 1
running_value fs.protected_fifos 2
running_value fs.protected_regular 2
cat >/etc/sysctl.d/99-z-hardened.conf <<'SYSCTL'
kernel.kptr_restrict = 2
kernel.dmesg_restrict = 1
kernel.unprivileged_bpf_disabled = 1
kernel.randomize_va_space = 2
kernel.perf_event_paranoid = 3
fs.protected_symlinks = 1
fs.protected_hardlinks = 1
fs.protected_fifos = 2
fs.protected_regular = 2
net.ipv4.tcp_syncookies = 1
net.ipv4.conf.all.rp_filter = 2
net.ipv4.conf.default.rp_filter = 2
net.ipv4.conf.all.accept_redirects = 0
net.ipv4.conf.default.accept_redirects = 0
net.ipv6.conf.all.accept_redirects = 0
net.ipv6.conf.default.accept_redirects = 0
net.ipv4.conf.all.secure_redirects = 0
net.ipv4.conf.default.secure_redirects = 0
net.ipv4.conf.all.send_redirects = 0
net.ipv4.conf.default.send_redirects = 0
net.ipv4.conf.all.accept_source_route = 0
net.ipv4.conf.default.accept_source_route = 0
net.ipv6.conf.all.accept_source_route = 0
net.ipv6.conf.default.accept_source_route = 0
net.ipv4.conf.all.log_martians = 1
net.ipv4.conf.default.log_martians = 1
SYSCTL

fake_ollama
chown -R root: /usr/share/ollama
chmod 755 /usr/share/ollama
install -d -m 700 -o ollama -g ollama /usr/share/ollama/.ollama /usr/share/ollama/.ollama/models
cat >/etc/systemd/system/ollama.service <<'UNIT'
[Unit]
Description=Ollama Service
After=network-online.target
[Service]
User=ollama
Group=ollama
WorkingDirectory=/usr/share/ollama
ExecStart=/usr/local/bin/ollama serve
Environment="OLLAMA_HOST=127.0.0.1:11434" "OLLAMA_MAX_QUEUE=64" "OLLAMA_NUM_PARALLEL=2" "OLLAMA_CONTEXT_LENGTH=8192"
Restart=on-failure
MemoryMax=2G
CPUQuota=80%
TasksMax=256
LimitCORE=0
NoNewPrivileges=yes
ProtectSystem=strict
ReadWritePaths=/usr/share/ollama/.ollama
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
CapabilityBoundingSet=
AmbientCapabilities=
SystemCallArchitectures=native
SystemCallFilter=@system-service
UMask=0077
[Install]
WantedBy=multi-user.target
UNIT

# 4 containers.
mkdir -p /etc/docker
cat >/etc/docker/daemon.json <<'JSON'
{
  "icc": false,
  "live-restore": true,
  "no-new-privileges": true,
  "log-driver": "json-file",
  "log-opts": { "max-size": "10m", "max-file": "3" }
}
JSON
systemctl restart docker
import_image
image lab/worker:1.0.0 'USER 1000:1000' 'HEALTHCHECK CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/"]'
for number in $(seq 10); do
  docker network create --internal "stack$number" >/dev/null
  docker run -d --name "worker$number" --network "stack$number" --cgroupns private --read-only --tmpfs /tmp:noexec,nosuid,size=8m --cap-drop ALL \
    --security-opt no-new-privileges --memory 64m --cpus 0.25 --pids-limit 32 --restart unless-stopped lab/worker:1.0.0
done

# 1 network.
systemctl disable --now nginx >/dev/null 2>&1
# The engine set up forwarding; ufw keeps what it finds.
ufw default deny incoming >/dev/null
ufw default allow outgoing >/dev/null
ufw allow from 10.77.0.0/24 to any port 22 proto tcp >/dev/null
ufw logging low >/dev/null
ufw --force enable >/dev/null
systemctl enable ufw >/dev/null 2>&1
# ufw sets its own at every start, after sysctl.d.
sed -i '/log_martians=/s/=0$/=1/' /etc/ufw/sysctl.conf
sysctl -q -p /etc/sysctl.d/99-z-hardened.conf 2>/dev/null || true
# `default` counts for interfaces to come, not for those that are there.
for setting in /proc/sys/net/ipv4/conf/*/{send,accept,secure}_redirects /proc/sys/net/ipv6/conf/*/accept_redirects; do
  echo 0 >"$setting"
done

# 6 monitoring.
mkdir -p /var/log/journal /etc/systemd/journald.conf.d
printf '[Journal]\nStorage=persistent\n' >/etc/systemd/journald.conf.d/10-persistent.conf
systemctl restart systemd-journald

systemctl daemon-reload
systemctl enable --now ollama fail2ban >/dev/null 2>&1
systemctl restart fail2ban
wait_for_port 11434
until fail2ban-client status sshd >/dev/null 2>&1; do sleep 0.2; done
