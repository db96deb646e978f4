# A box that looks right and is not: each of these fools a tool that reads the obvious place.

# 2 access: Debian's main file includes the drop-ins first, so the drop-in wins; a Match block undoes what stands above it.
cat >>/etc/ssh/sshd_config <<'SSHD'
PermitRootLogin no
MaxAuthTries 3
PasswordAuthentication no
KbdInteractiveAuthentication no
Match User backup
    PasswordAuthentication yes
SSHD
printf 'PermitRootLogin yes\nMaxAuthTries 20\n' >/etc/ssh/sshd_config.d/50-cloud.conf
systemctl restart ssh

# Stock Debian 12: without a log file, fail2ban is enabled and dead.
systemctl disable --now rsyslog >/dev/null 2>&1
rm -f /var/log/auth.log
systemctl restart fail2ban || true

# 3 host: the unit has limits; a drop-in lifts one of them.
fake_ollama
cat >/etc/systemd/system/ollama.service <<'UNIT'
[Service]
User=ollama
WorkingDirectory=/usr/share/ollama
ExecStart=/usr/local/bin/ollama serve
Environment=OLLAMA_HOST=127.0.0.1:11434
MemoryMax=1G
CPUQuota=200%
TasksMax=256
[Install]
WantedBy=multi-user.target
UNIT
mkdir -p /etc/systemd/system/ollama.service.d
printf '[Service]\nMemoryMax=infinity\n' >/etc/systemd/system/ollama.service.d/50-memory.conf

# Names that are meant for whoever puts them into a shell or on a terminal.
hostile=$(systemd-escape 'vllm $(reboot)').service
cat >"/etc/systemd/system/$hostile" <<'UNIT'
[Service]
ExecStart=/usr/local/bin/vllm serve "$(reboot)" --port 8001
[Install]
WantedBy=multi-user.target
UNIT
cat >/usr/local/bin/vllm <<'PYTHON'
#!/usr/bin/python3
import http.server
http.server.test(http.server.SimpleHTTPRequestHandler, port=8001, bind='127.0.0.1')
PYTHON
chmod 755 /usr/local/bin/vllm
cp /bin/sleep "$(printf '/usr/local/bin/a\033[31mred')"
cat >/etc/systemd/system/names.service <<'UNIT'
[Service]
ExecStart=/bin/bash -c 'exec "$(printf "/usr/local/bin/a\\033[31mred")" infinity'
UNIT
systemctl daemon-reload
systemctl enable --now ollama "$hostile" >/dev/null 2>&1
systemctl start names

# 1 network: ufw refuses the port, and Docker publishes it past ufw.
systemctl disable --now nginx >/dev/null 2>&1
ufw default deny incoming >/dev/null
ufw allow 22/tcp >/dev/null
ufw deny 3000/tcp >/dev/null
ufw --force enable >/dev/null
import_image
image ghcr.io/open-webui/open-webui:v0.6.0
image grafana/grafana:11.0.0
image n8nio/n8n:1.100.0
docker run -d --name open-webui -p 3000:8080 ghcr.io/open-webui/open-webui:v0.6.0
docker run -d --name n8n -p 127.0.0.1:5678:5678 -e LISTEN=5678 n8nio/n8n:1.100.0
# On the host's network it is ufw that decides, whatever `docker ps` shows.
docker run -d --name grafana --network host -e LISTEN=3001 grafana/grafana:11.0.0
wait_for_port 11434
wait_for_port 8001
