import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { aisec, audit } from './audit.ts';
import type { Box } from './box.ts';
import { bootBox } from './box.ts';
import type { Source } from './neighbour.ts';
import { boxAddress, sourceAddresses } from './neighbour.ts';
import { prepare } from './audit.ts';
import { describeLab } from './prerequisites.ts';

/** Who asks what, and whether he gets in: once known, twice tried. */
type Ask = readonly [from: Source, to: string, port: number, open: boolean];

interface Row {
  readonly what: string;
  /** Bash that makes it so. */
  readonly set: string;
  readonly asks: readonly Ask[];
  /** Bash that takes it back. */
  readonly undo?: string;
}

const web = 'docker run -d --name web -p 8080:80 -e LISTEN=80 lab/base:1';
const gone = 'docker rm -f web';
const box6 = 'fd77::2';
const refused = (port: number): Ask => ['lan', boxAddress, port, false];
const open = (port: number): Ask => ['lan', boxAddress, port, true];
/** DOCKER-USER as the engine leaves it. */
const plainUser = 'iptables -F DOCKER-USER; iptables -A DOCKER-USER -j RETURN';
const daemon = (settings: string) =>
  `printf '%s' '${settings}' >/etc/docker/daemon.json; systemctl reset-failed docker; systemctl restart docker`;
const stockDaemon = 'rm -f /etc/docker/daemon.json; systemctl reset-failed docker; systemctl restart docker';

/** Where Docker publishes past a firewall, and where it does not. */
const rows: readonly Row[] = [
  { what: 'ufw denies what comes in', set: web, asks: [open(8080)] },
  {
    what: 'ufw denies the port, the client, and every route',
    set: 'ufw deny 8080/tcp; ufw insert 1 deny from 10.77.0.1; ufw route deny from any to any',
    asks: [open(8080)],
    undo: 'ufw delete deny 8080/tcp; ufw delete deny from 10.77.0.1; ufw route delete deny from any to any',
  },
  {
    what: 'a container on the host’s network',
    set: 'docker run -d --name onhost --network host -e LISTEN=3000 lab/base:1',
    asks: [refused(3000)],
    undo: 'docker rm -f onhost',
  },
  { what: 'IPv6 without ip6tables', set: ':', asks: [['lan6', box6, 8080, false]] },
  {
    what: 'published on loopback, asked for on the LAN',
    set: 'docker run -d --name own -p 127.0.0.1:5678:5678 -e LISTEN=5678 lab/base:1',
    asks: [refused(5678)],
  },
  { what: 'the same, by the container’s own address', set: ':', asks: [['lan', '172.17.0.3', 5678, true]] },
  // NAT comes before the kernel would refuse the packet, so it takes no route_localnet.
  { what: 'the same, by 127.0.0.1 on the link', set: ':', asks: [['lan', '127.0.0.1', 5678, true]] },
  {
    what: 'the same with route_localnet',
    set: 'sysctl -qw net.ipv4.conf.host0.route_localnet=1',
    asks: [['lan', '127.0.0.1', 5678, true]],
    undo: 'sysctl -qw net.ipv4.conf.host0.route_localnet=0; docker rm -f own',
  },
  {
    what: 'a port that nobody publishes',
    set: 'docker run -d --name hidden -e LISTEN=9000 lab/base:1; iptables -P FORWARD DROP',
    asks: [['lan', '172.17.0.3', 9000, false]],
  },
  {
    what: 'the same where forwarding is accepted',
    set: 'iptables -P FORWARD ACCEPT; ufw default allow routed; ufw reload',
    asks: [['lan', '172.17.0.3', 9000, true]],
    undo: 'ufw default deny routed; ufw reload; iptables -P FORWARD DROP; docker rm -f hidden',
  },
  {
    what: 'DOCKER-USER, behind its RETURN',
    set: 'iptables -A DOCKER-USER -p tcp --dport 80 -j DROP',
    asks: [open(8080)],
    undo: plainUser,
  },
  {
    what: 'DOCKER-USER by the published port',
    set: 'iptables -I DOCKER-USER -p tcp --dport 8080 -j DROP',
    asks: [open(8080)],
    undo: plainUser,
  },
  {
    what: 'DOCKER-USER by the container’s port',
    set: 'iptables -I DOCKER-USER -p tcp --dport 80 -j DROP',
    asks: [refused(8080)],
    undo: plainUser,
  },
  {
    what: 'DOCKER-USER by the port that was asked for',
    set: 'iptables -I DOCKER-USER -p tcp -m conntrack --ctorigdstport 8080 --ctdir ORIGINAL -j DROP; ufw reload; systemctl restart docker; docker start web',
    asks: [refused(8080)],
    undo: plainUser,
  },
  {
    what: 'ufw-docker’s rules: private clients in, others not',
    set: `iptables -F DOCKER-USER
      iptables -A DOCKER-USER -s 10.0.0.0/8 -j RETURN
      iptables -A DOCKER-USER -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -d 172.16.0.0/12 -j DROP
      iptables -A DOCKER-USER -j RETURN`,
    asks: [open(8080), ['internet', boxAddress, 8080, false]],
    undo: plainUser,
  },
  {
    what: 'no userland proxy',
    set: `${daemon('{"userland-proxy": false}')}; docker start web`,
    asks: [open(8080)],
    undo: stockDaemon,
  },
  {
    what: 'the engine keeps out of iptables',
    set: `docker stop -t 0 web; systemctl stop docker.socket docker; iptables -t nat -F; iptables -t nat -X; iptables -F FORWARD
      ${daemon('{"iptables": false}')}; ufw reload; docker start web`,
    asks: [refused(8080)],
    undo: `${stockDaemon}; docker start web`,
  },
  {
    what: 'a default address of loopback, on the default bridge',
    set: `${gone}; ${daemon('{"ip": "127.0.0.1"}')}; ${web}`,
    asks: [refused(8080)],
  },
  {
    what: 'the same, on a network of one’s own',
    set: `${gone}; docker network create own; docker run -d --name web --network own -p 8080:80 -e LISTEN=80 lab/base:1`,
    asks: [open(8080)],
    undo: `${gone}; docker network rm own; ${stockDaemon}`,
  },
  {
    what: 'IPv6 with ip6tables',
    set: `${daemon('{"ipv6": true, "fixed-cidr-v6": "fd99::/64", "ip6tables": true, "experimental": true}')}; ${web}`,
    asks: [['lan6', box6, 8080, true], open(8080)],
  },
];

describeLab('Docker past the firewall: who gets in, and what the program says', () => {
  let box: Box;
  beforeAll(async () => {
    box = await bootBox('published');
    await prepare(box, 'published');
  }, 240_000);
  afterAll(() => box.stop());

  test.each(rows)('$what', async ({ set, asks, undo }) => {
    await box.must(`set -e; exec >/dev/null 2>&1; ${set}`);
    // What listens in a container takes a moment to do so.
    await box.run('sleep 0.5');
    const lines = asks.map(([from, to, port]) =>
      JSON.stringify({ from: sourceAddresses[from], to, port, interface: 'host0' }),
    );
    const answered = await box.must(
      `${aisec} exposure --format json --queries - <<'LINES'\n${lines.join('\n')}\nLINES`,
    );
    const { queries } = JSON.parse(answered) as { queries: { verdict: string; because: string[] }[] };
    for (const [index, [from, to, port, isOpen]] of asks.entries()) {
      const real = await box.neighbour.openPorts([port], from, to);
      const { verdict, because } = queries[index] ?? { verdict: 'none', because: [] };
      expect({ real: real.length > 0, verdict, because }).toEqual({
        real: isOpen,
        verdict: isOpen ? 'reachable' : 'blocked',
        because,
      });
    }
    if (undo !== undefined) await box.must(`exec >/dev/null 2>&1; ${undo}`);
  });

  test('where ufw itself let a service in, ufw is what closes it, and going back opens it again', async () => {
    await box.must(`set -e; exec >/dev/null 2>&1
      install -m 755 "$(readlink -f /usr/bin/python3)" /usr/local/bin/ollama
      mkdir -p /srv/ollama
      printf 'import http.server as h\nh.ThreadingHTTPServer(("0.0.0.0", 11434), h.SimpleHTTPRequestHandler).serve_forever()\n' >/srv/ollama/serve
      systemd-run --unit=ollama --working-directory=/srv/ollama /usr/local/bin/ollama serve
      ufw allow 11434/tcp
      timeout 10 sh -c 'until ss -Hlnt sport = :11434 | grep -q .; do sleep 0.2; done'`);
    const isOpen = async () => (await box.neighbour.openPorts([11434])).length > 0;
    expect(await isOpen()).toBe(true);
    const found = (await audit(box, { args: '--rule ai-service-exposed-internet' })).report.findings.find(
      ({ outcome }) => outcome === 'fail',
    );
    const remedy = found?.remediation;
    expect(remedy?.commands).toContain('ufw prepend deny 11434/tcp');
    // Alone it is no use: ufw takes the rule that allows the port for the same rule.
    await box.must('ufw prepend deny 11434/tcp >/dev/null');
    expect(await isOpen()).toBe(true);
    for (const time of ['first', 'second']) {
      for (const command of remedy?.commands ?? []) await box.must(`exec >/dev/null; ${command}`);
      expect([time, await isOpen()]).toEqual([time, false]);
    }
    for (const command of remedy?.undo ?? []) await box.must(`exec >/dev/null; ${command}`);
    expect(await isOpen()).toBe(true);
    await box.must('exec >/dev/null 2>&1; systemctl stop ollama; ufw delete allow 11434/tcp');
  });
});
