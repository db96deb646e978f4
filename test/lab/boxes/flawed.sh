# A box whose owner did everything by hand: rules that no boot loads, and a change to SSH that was never tried.
systemctl disable --now ufw nftables nginx docker.socket docker containerd rpcbind >/dev/null 2>&1 || true
ip link delete docker0 2>/dev/null || true
dpkg --purge fail2ban >/dev/null 2>&1

# 3 host: Ollama may rewrite the program that it is.
fake_ollama
chown ollama /usr/local/bin/ollama
cat >/etc/systemd/system/ollama.service <<'UNIT'
[Service]
User=ollama
WorkingDirectory=/usr/share/ollama
ExecStart=/usr/local/bin/ollama serve
Environment=OLLAMA_HOST=127.0.0.1:11434
MemoryMax=1G
[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable --now ollama >/dev/null 2>&1

# 2 access: sshd runs with what it read, and would not start again.
echo 'AddressFamily inet' >/etc/ssh/sshd_config.d/10-inet.conf
systemctl restart ssh
wait_for_port 22
# An edit in the second of the start is not told from one before it.
sleep 2
sed -i '/^AddressFamily/d' /etc/ssh/sshd_config.d/10-inet.conf
echo 'PermitRotLogin no' >>/etc/ssh/sshd_config

# 1 network: a filter for IPv4 alone, and a machine that passes packets on for nobody.
for table in filter nat mangle; do iptables -t $table -F; iptables -t $table -X; done
iptables -P FORWARD DROP
iptables -A INPUT -i lo -j ACCEPT
iptables -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -A INPUT -p tcp --dport 22 -j ACCEPT
iptables -P INPUT DROP
sysctl -q -w net.ipv4.ip_forward=1
wait_for_port 11434
