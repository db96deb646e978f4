import { describe, expect, test } from '@jest/globals';
import { rules } from '../rules/registry.ts';
import { checks } from '../src/checks/registry.ts';
import { evaluateRule } from '../src/engine/evaluate.ts';
import { factReader } from '../src/engine/fact.ts';
import type { Outcome } from '../src/engine/report.ts';
import type { Workload } from '../src/facts/workloads/workload.ts';
import { engine, workload } from './harness/docker-workload.ts';
import { evaluate } from './harness/evaluate.ts';
import { filesHost } from './harness/files-host.ts';

/**
 * What docker-bench-security 1.6 and KICS 2.1 answer wrongly, and what is true; test/lab/wrong-answers.test.ts asks
 * the same of containers of a real engine.
 */

function ruleOf(id: string) {
  const rule = rules.find((each) => each.id === id);
  const check = checks.get(rule?.check ?? '');
  if (rule === undefined || check === undefined) throw new Error(`there is no rule ${id}`);
  return { rule, check };
}

function judged(id: string, one: Workload, others: readonly Workload[] = [], kernel: object = engine) {
  const { rule, check } = ruleOf(id);
  const nothing = { services: [], exposures: [], processes: [], gpu: null, engine: kernel };
  const verdicts = evaluate(check, { workloads: [one, ...others], engines: [kernel], ...nothing }, rule.with);
  return worst(
    verdicts.filter(({ subject = '' }) => subject.startsWith(one.name)).map(({ outcome }) => outcome),
  );
}

const order: readonly Outcome[] = ['error', 'fail', 'undetermined', 'manual', 'pass', 'not-applicable'];

function worst(found: readonly Outcome[]): Outcome | undefined {
  return order.find((outcome) => found.includes(outcome));
}

const one = (changes: Parameters<typeof workload>[1]) => workload('one', changes);
const bind = (Source: string) => ({
  mounts: [{ Type: 'bind', Source, Destination: '/x', Mode: '', RW: true, Propagation: 'rprivate' }],
});
const published = (HostIp: string) => ({
  config: { Image: 'ollama/ollama' },
  host: { PortBindings: { '11434/tcp': [{ HostIp, HostPort: '11434' }] } },
});
const everything = JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW' });

describe('docker-bench-security passes', () => {
  test.each<[string, string, Workload]>([
    [
      'a created privileged container',
      'privileged-container',
      one({ host: { Privileged: true }, state: { Status: 'created', Pid: 0 } }),
    ],
    [
      'no-new-privileges:false',
      'privilege-escalation',
      one({ host: { SecurityOpt: ['no-new-privileges:false'] } }),
    ],
    [
      'a seccomp profile that allows everything',
      'seccomp-off',
      one({ host: { SecurityOpt: [`seccomp=${everything}`] } }),
    ],
    ['user 0:0', 'root-user', one({ config: { User: '0:0' } })],
    ['the socket’s directory', 'engine-socket-mounted', one(bind('/run'))],
    ['/run', 'sensitive-mount', one(bind('/run'))],
    ['/root', 'sensitive-mount', one(bind('/root'))],
    ['/var/lib', 'sensitive-mount', one(bind('/var/lib'))],
    ['a port on [::] alone', 'published-on-all-addresses', one(published('::'))],
  ])('%s', (_, id, container) => {
    expect(judged(id, container)).toBe('fail');
  });

  test.each([
    ['host-pid', 'PidMode'],
    ['host-ipc', 'IpcMode'],
    ['host-network', 'NetworkMode'],
  ])('container:X into the host’s namespace: %s', (id, mode) => {
    const lender = workload('lender', { host: { [mode]: 'host' } });
    expect(judged(id, one({ host: { [mode]: 'container:lender' } }), [lender])).toBe('fail');
  });
});

describe('docker-bench-security fails', () => {
  test.each<[string, string, Workload, Outcome, object]>([
    [
      'a kernel without AppArmor',
      'apparmor-off',
      one({}),
      'not-applicable',
      { ...engine, appArmor: 'absent' },
    ],
    ['a port on loopback', 'published-on-all-addresses', one(published('127.0.0.1')), 'pass', engine],
    ['a CPU quota', 'cpu-unlimited', one({ host: { CpuQuota: 50_000, CpuPeriod: 100_000 } }), 'pass', engine],
    ['a set of CPUs', 'cpu-unlimited', one({ host: { CpusetCpus: '0-1' } }), 'pass', engine],
  ])('%s', (_, id, container, outcome, kernel) => {
    expect(judged(id, container, [], kernel)).toBe(outcome);
  });
});

/** The worst that a rule says of a repository. */
async function audited(id: string, files: Readonly<Record<string, string>>): Promise<Outcome | undefined> {
  const { rule, check } = ruleOf(id);
  const findings = await evaluateRule(rule, check, 'project', factReader(filesHost(files)));
  return worst(findings.map(({ outcome }) => outcome));
}

const service = (lines: string) => ({
  'compose.yml': `services:\n  web:\n    image: ollama/ollama:0.31.2\n${lines.replace(/^/gm, '    ')}\n`,
});

describe('KICS and Trivy pass', () => {
  test.each<[string, string, Readonly<Record<string, string>>]>([
    ['a file without the obsolete version:', 'privileged-container', service('privileged: true')],
    ['0.0.0.0, for its dots', 'published-on-all-addresses', service("ports: ['0.0.0.0:11434:11434']")],
    [
      'a socket in the long syntax',
      'engine-socket-mounted',
      service('volumes:\n  - type: bind\n    source: /var/run/docker.sock\n    target: /sock'),
    ],
    [
      'what extends brings in',
      'engine-socket-mounted',
      {
        ...service('extends: { file: base.yml, service: base }'),
        'base.yml':
          'services:\n  base:\n    image: x\n    volumes: ["/var/run/docker.sock:/var/run/docker.sock"]\n',
      },
    ],
    [
      'what include brings in',
      'privileged-container',
      {
        'compose.yml': 'include: [other/compose.yml]\nservices: {}\n',
        'other/compose.yml': 'services:\n  web:\n    image: x\n    privileged: true\n',
      },
    ],
    [
      'an override that opens what the base closed',
      'published-on-all-addresses',
      {
        ...service("ports: ['127.0.0.1:11434:11434']"),
        'compose.override.yml': "services:\n  web:\n    ports: ['11434:11434']\n",
      },
    ],
    [
      'an address from .env',
      'published-on-all-addresses',
      { ...service("ports: ['${BIND:-127.0.0.1}:11434:11434']"), '.env': 'BIND=0.0.0.0\n' },
    ],
    ['a service of a profile', 'privileged-container', service('privileged: true\nprofiles: [gpu]')],
  ])('%s', async (_, id, files) => {
    expect(await audited(id, files)).toBe('fail');
  });

  test('and an override that takes a setting back is none', async () => {
    const files = {
      'compose.yml': 'x-base: &base { privileged: true }\nservices:\n  web: { <<: *base, image: x }\n',
      'compose.override.yml': 'services:\n  web: { privileged: false }\n',
    };
    expect(await audited('privileged-container', files)).toBe('pass');
  });
});
