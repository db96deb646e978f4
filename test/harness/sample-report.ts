import type { Exposure, Finding, Remediation, Report } from '../../src/engine/report.ts';
import { score } from '../../src/engine/score.ts';
import { finding } from './findings.ts';

/** A finding about the host that passes; a test says what is different. */
export function sampleFinding(difference: Partial<Finding> = {}): Finding {
  return finding({
    rule: 'sysctl-dmesg',
    check: 'sysctl-value',
    severity: 'low',
    title: 'Every user can read the kernel log',
    ...difference,
  });
}

const sshPassword: Finding = sampleFinding({
  rule: 'ssh-password-login',
  check: 'sshd-option',
  layer: 'access',
  severity: 'high',
  outcome: 'fail',
  title: 'SSH takes passwords',
  subject: 'sshd',
  message: '`sshd` takes passwords: anyone who can reach port 22 can guess them.',
  evidence: [
    {
      source: '/etc/ssh/sshd_config.d/50-cloud-init.conf',
      line: 1,
      column: null,
      excerpt: 'PasswordAuthentication yes',
    },
    { source: 'sshd -T', line: 41, column: null, excerpt: 'passwordauthentication yes' },
  ],
  remediation: {
    summary: 'Turn passwords off, once a key is in place.',
    commands: [
      "test -s ~/.ssh/authorized_keys && printf 'PasswordAuthentication no\\n' >/etc/ssh/sshd_config.d/00-aisec-password.conf",
      'sshd -t && systemctl reload ssh',
    ],
    verify: ['sshd -T | grep -i ^passwordauthentication'],
    undo: ['rm /etc/ssh/sshd_config.d/00-aisec-password.conf', 'systemctl reload ssh'],
    snippet: null,
    risk: 'lockout',
  },
  references: ['sshd_config(5)', 'https://man.openbsd.org/sshd_config#PasswordAuthentication'],
});

const ollamaExposed: Finding = sampleFinding({
  rule: 'ai-service-exposed-internet',
  check: 'service-exposed',
  layer: 'network',
  severity: 'critical',
  outcome: 'fail',
  title: 'An AI service without a login answers the internet',
  subject: 'ollama 11434/tcp',
  message: 'ollama (11434/tcp, container ollama) answers anyone: Docker published it past UFW.',
  evidence: [
    { source: '/srv/ai/compose.yml', line: 14, column: null, excerpt: '      - "11434:11434"' },
    {
      source: 'iptables-save -t nat',
      line: 23,
      column: null,
      excerpt:
        '-A DOCKER ! -i br-5f2c7b1d9a3e -p tcp -m tcp --dport 11434 -j DNAT --to-destination 172.17.0.2:11434',
    },
  ],
  remediation: {
    summary: 'Publish it on loopback in /srv/ai/compose.yml, and close the port until then.',
    commands: ['iptables -I DOCKER-USER -p tcp -m conntrack --ctorigdstport 11434 --ctdir ORIGINAL -j DROP'],
    verify: ['aisec exposure --port 11434'],
    undo: ['iptables -D DOCKER-USER -p tcp -m conntrack --ctorigdstport 11434 --ctdir ORIGINAL -j DROP'],
    snippet: null,
    risk: 'none',
  },
});

const rootContainers: Finding[] = ['ollama', 'open-webui', 'n8n', 'qdrant', 'grafana'].map((name, index) =>
  sampleFinding({
    rule: 'container-root-user',
    check: 'workload-flag',
    layer: 'containers',
    severity: 'medium',
    outcome: 'fail',
    title: 'A container runs as root',
    subject: name,
    message: `\`${name}\` runs as root: who breaks out of it is root here.`,
    evidence: [{ source: `docker inspect ${name}`, line: null, column: null, excerpt: '"User": ""' }],
    remediation: {
      summary: 'Give the service a user of its own in the compose file.',
      commands: [`docker update --restart unless-stopped ${name}`, `docker restart ${name}`],
      verify: [`docker inspect -f '{{.Config.User}}' ${name}`],
      undo: [`docker restart ${name}`],
      snippet: null,
      risk: 'restart',
    },
    fingerprint: `000000000000000${String(index)}`,
  }),
);

const fileMode = (subject: string, remediation: Remediation | null = null): Finding =>
  sampleFinding({
    rule: 'env-file-readable',
    check: 'file-mode',
    layer: 'application',
    severity: 'high',
    outcome: 'fail',
    title: 'Every user can read a file of secrets',
    subject,
    message: `\`${subject}\` is readable by every account (mode 0644), and holds OPENAI_API_KEY.`,
    evidence: [{ source: subject, line: 3, column: null, excerpt: 'OPENAI_API_KEY=<masked>' }],
    remediation: remediation ?? {
      summary: 'Let only its owner read it.',
      commands: [`chmod 600 ${subject}`],
      verify: [`stat -c %a ${subject}`],
      undo: [`chmod 644 ${subject}`],
      snippet: null,
      risk: 'none',
    },
  });

const unclear: Finding[] = [
  ...['shadow-readable', 'weak-password-hash', 'empty-password-account'].map((rule) =>
    sampleFinding({
      rule,
      layer: 'access',
      severity: rule === 'empty-password-account' ? 'critical' : 'high',
      outcome: 'undetermined',
      message: '/etc/shadow: permission denied; run as root to read it',
    }),
  ),
  sampleFinding({
    rule: 'container-privileged',
    layer: 'containers',
    severity: 'high',
    outcome: 'undetermined',
    subject: 'n8n',
    message: 'the Docker socket may not be read by this account; run as root, or join the docker group',
  }),
  sampleFinding({
    rule: 'backup-missing',
    layer: 'monitoring',
    severity: 'medium',
    outcome: 'error',
    message: 'backup-present failed: TypeError: x is undefined',
  }),
  sampleFinding({
    rule: 'response-plan-missing',
    layer: 'monitoring',
    severity: 'info',
    outcome: 'manual',
    message: 'Is it written down who is called, and what is switched off first, when a key leaks?',
  }),
];

const quiet: Finding[] = [
  sampleFinding({
    evidence: [{ source: '/proc/sys/kernel/dmesg_restrict', line: 1, column: null, excerpt: '1' }],
  }),
  sampleFinding({ rule: 'sysctl-kptr', title: 'Kernel addresses are shown to every user' }),
  ...['ollama', 'n8n'].map((subject) =>
    sampleFinding({ rule: 'container-host-pid', layer: 'containers', severity: 'high', subject }),
  ),
  sampleFinding({
    rule: 'grub-editable',
    outcome: 'not-applicable',
    message: 'a virtual machine without a boot menu',
  }),
  sampleFinding({
    rule: 'ssh-x11-forwarding',
    layer: 'access',
    outcome: 'fail',
    subject: 'sshd',
    message: '`sshd` forwards X11: a visited server can read this screen.',
    waived: { reason: 'the plotting tool needs it', expires: '2027-03-31' },
  }),
];

export const sampleExposures: readonly Exposure[] = [
  {
    service: 'ollama',
    authentication: 'none',
    process: 'docker-proxy',
    workload: 'ollama',
    kind: 'published',
    proto: 'tcp',
    address: '0.0.0.0',
    port: 11434,
    scope: 'any',
    reachableFrom: [
      { interface: 'eth0', scopes: ['lan', 'any'], sources: ['0.0.0.0/0'], routerNeeded: false },
    ],
    path: ['docker -p 11434:11434', 'nat DOCKER dnat 172.17.0.2:11434', 'FORWARD DOCKER accept'],
    firewallSays: 'refuses',
  },
  {
    service: null,
    authentication: null,
    process: 'sshd',
    workload: null,
    kind: 'socket',
    proto: 'tcp',
    address: '::',
    port: 22,
    scope: 'lan',
    reachableFrom: [
      { interface: 'eth0', scopes: ['lan'], sources: ['10.0.0.0/8', 'fd00::/8'], routerNeeded: false },
    ],
    path: ['ufw allow from 10.0.0.0/8 to any port 22'],
    firewallSays: 'admits',
  },
  {
    service: 'n8n',
    authentication: 'unknown',
    process: 'node',
    workload: null,
    kind: 'socket',
    proto: 'tcp',
    address: '127.0.0.1',
    port: 5678,
    scope: 'loopback',
    reachableFrom: [],
    path: [],
    firewallSays: 'not-asked',
  },
];

export const sampleFindings: readonly Finding[] = [
  ollamaExposed,
  sshPassword,
  fileMode('/srv/ai/.env'),
  fileMode('/home/mia/n8n.env'),
  ...rootContainers,
  ...unclear,
  ...quiet,
];

/** A report of an ordinary machine: failures of one and of many subjects, blind spots, a waiver. */
export function sampleReport(difference: Partial<Report> = {}): Report {
  const findings = [...(difference.findings ?? sampleFindings)];
  return {
    schema: 'aisec/report/v1',
    tool: { name: 'aisec', version: '0.1.0' },
    target: {
      kind: 'live',
      name: 'labbox',
      os: 'Debian GNU/Linux 12 (bookworm)',
      kernel: '6.1.0-28-amd64',
      privileged: false,
      collectedAt: '2026-11-21T00:00:00Z',
    },
    profile: 'lab',
    score: score(findings),
    gate: {
      failOn: 'high',
      minScore: null,
      passed: false,
      reasons: [
        '3 rules (ai-service-exposed-internet, ssh-password-login, env-file-readable) of severity high or worse failed',
      ],
    },
    exposures: [...sampleExposures],
    warnings: [],
    ...difference,
    findings,
  };
}
