import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Finding } from '../../src/engine/report.ts';
import { audit, prepare } from './audit.ts';
import type { Box } from './box.ts';
import { bootBox } from './box.ts';
import { must } from './command.ts';
import { describeLab } from './prerequisites.ts';

/** What docker-bench-security answers wrongly, asked of containers of a real engine; see test/wrong-answers.test.ts. */
const containers = `
  set -e; exec >/dev/null
  run() { docker run -d "$@" lab/base:1; }
  docker create --name created --privileged lab/base:1
  run --name nnp --security-opt no-new-privileges:false
  printf '{"defaultAction": "SCMP_ACT_ALLOW"}' >/root/allow.json
  run --name allow --security-opt seccomp=/root/allow.json
  run --name zero --user 0:0
  run --name lender --pid host
  run --name borrower --pid container:lender
  run --name directory -v /var/run:/host/run
  run --name roots -v /root:/host/root -v /var/lib:/host/lib
  docker tag lab/base:1 ollama/ollama:0.31.2
  docker run -d --name six -p '[::]:11434:11434' ollama/ollama:0.31.2
  docker run -d --name own -p 127.0.0.1:11435:11434 ollama/ollama:0.31.2
  run --name quota --cpu-quota 50000
  run --name set --cpuset-cpus 0
  cp "$(readlink -f /usr/bin/sleep)" /usr/local/bin/decoy
  /usr/local/bin/decoy 600 --icc=false --insecure-registry=10.0.0.0/8 2>/dev/null & disown
`;

const rows: readonly (readonly [what: string, rule: string, subject: string, outcome: Finding['outcome']])[] =
  [
    ['a created privileged container', 'privileged-container', 'created', 'fail'],
    ['no-new-privileges:false', 'privilege-escalation', 'nnp', 'fail'],
    ['a seccomp profile that allows everything', 'seccomp-off', 'allow', 'fail'],
    ['user 0:0', 'root-user', 'zero', 'fail'],
    ['container:X into the host’s processes', 'host-pid', 'borrower', 'fail'],
    ['the socket’s directory', 'engine-socket-mounted', 'directory', 'fail'],
    ['/root', 'sensitive-mount', 'roots /root', 'fail'],
    ['/var/lib', 'sensitive-mount', 'roots /var/lib', 'fail'],
    ['a port on [::] alone', 'published-on-all-addresses', 'six', 'fail'],
    ['a port on loopback', 'published-on-all-addresses', 'own', 'pass'],
    ['a CPU quota', 'cpu-unlimited', 'quota', 'pass'],
    ['a set of CPUs', 'cpu-unlimited', 'set', 'pass'],
    ['a kernel without AppArmor', 'apparmor-off', 'quota', 'not-applicable'],
    [
      'another program’s command line with the engine’s flags',
      'engine-insecure-registry',
      'Docker Engine',
      'pass',
    ],
  ];

describeLab('where docker-bench-security is wrong, with a real engine', () => {
  let box: Box;
  let findings: readonly Finding[];
  beforeAll(async () => {
    box = await bootBox('published');
    await prepare(box, 'published');
    await box.must(containers, 120);
    ({
      report: { findings },
    } = await audit(box));
  }, 300_000);
  afterAll(() => box.stop());

  test.each(rows)('%s', (_, rule, subject, outcome) => {
    const found = findings.filter((each) => each.rule === rule && each.subject.startsWith(subject));
    expect(found.map((each) => each.outcome)).toContain(outcome);
  });

  test('tlsverify in daemon.json closes the engine’s TCP socket', async () => {
    const both = await must([
      ...['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=lab', '-days', '2'],
      ...['-keyout', '-', '-out', '-'],
    ]);
    const [key = '', certificate = ''] = both.match(/-----BEGIN[^]*?-----END [A-Z ]+-----/g) ?? [];
    await box.must(`set -e; exec >/dev/null 2>&1
      cd /etc/docker
      cat >key.pem <<'PEM'\n${key}\nPEM
      cat >cert.pem <<'PEM'\n${certificate}\nPEM
      cp cert.pem ca.pem
      mkdir -p /etc/systemd/system/docker.service.d
      printf '[Service]\\nExecStart=\\nExecStart=/usr/sbin/dockerd\\n' >/etc/systemd/system/docker.service.d/hosts.conf
      printf '%s' '{"hosts": ["unix:///run/docker.sock", "tcp://0.0.0.0:2376"], "tlsverify": true, "tlscacert": "/etc/docker/ca.pem", "tlscert": "/etc/docker/cert.pem", "tlskey": "/etc/docker/key.pem"}' >daemon.json
      systemctl daemon-reload; systemctl reset-failed docker docker.socket; systemctl stop docker.socket; systemctl restart docker`);
    const { report } = await audit(box, { args: '--rule docker-api-exposed' });
    expect(report.findings.map(({ outcome }) => outcome)).toEqual(['pass']);
  }, 120_000);

  test('a daemon.json that the engine has not read decides nothing, and what it has read does', async () => {
    const judged = async () => {
      const { report } = await audit(box, { args: '--rule engine-icc' });
      return report.findings.map(({ outcome }) => outcome);
    };
    await box.must(`sleep 2; sed -i 's/^{/{"icc": false, /' /etc/docker/daemon.json`);
    expect(await judged()).toEqual(['undetermined']);
    await box.must('systemctl reset-failed docker; systemctl restart docker');
    expect(await judged()).toEqual(['pass']);
  }, 120_000);

  test('a second engine is judged beside the first', async () => {
    await box.must(
      `
      mkdir -p /etc/second; echo '{}' >/etc/second/daemon.json
      systemd-run --unit second dockerd --config-file /etc/second/daemon.json -H unix:///run/second.sock \
        --data-root /srv/second --exec-root /run/second --pidfile /run/second.pid --bridge none --iptables=false
      until docker -H unix:///run/second.sock info >/dev/null 2>&1; do sleep 0.2; done
      chmod 666 /run/second.sock`,
      60,
    );
    const { report } = await audit(box, { args: '--rule engine-socket-open --rule engine-iptables-off' });
    const failed = report.findings.filter(({ outcome }) => outcome === 'fail');
    expect(failed.map(({ rule, subject }) => [rule, subject])).toEqual([
      ['engine-socket-open', '/run/second.sock'],
      ['engine-iptables-off', 'Docker Engine at /run/second.sock'],
    ]);
  }, 120_000);
});
