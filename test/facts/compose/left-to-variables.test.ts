import { describe, expect, test } from '@jest/globals';
import { rules } from '../../../rules/registry.ts';
import { checks } from '../../../src/checks/registry.ts';
import type { Verdict } from '../../../src/engine/check.ts';
import { known } from '../../../src/host/evidence.ts';
import { composeIn } from '../../harness/compose.ts';
import { engine } from '../../harness/docker-workload.ts';
import { evaluate } from '../../harness/evaluate.ts';

/** For each rule, settings that make it fail; `«»` stands around the values that may be left to a variable. */
const settings: Readonly<Record<string, readonly string[]>> = {
  'ai-image-unpinned': ['image: «ollama/ollama»', 'image: ollama/ollama:«latest»'],
  'apparmor-off': ['privileged: «true»', 'security_opt: ["apparmor=«unconfined»"]'],
  'capabilities-kept': ['cap_drop: ["«NET_RAW»"]', 'cap_drop: [ALL]\ncap_add: ["«ALL»"]'],
  'control-socket-mounted': [
    'user: root\nvolumes: ["«/run/dbus»:/x:ro"]',
    'user: «root»\nvolumes: ["/run/dbus:/x:ro"]',
  ],
  'cpu-unlimited': ['cpus: «0»'],
  'dangerous-capability': ['cap_add: ["«SYS_ADMIN»"]', 'cap_drop: [ALL]\nprivileged: «true»'],
  'engine-socket-mounted': [
    'volumes: ["«/var/run/docker.sock»:/x"]',
    'volumes: ["v:/x"]\n#top: {volumes: {v: {driver_opts: {type: none, o: bind, device: "«/run»"}}}}',
    'use_api_socket: «true»',
    'volumes: [{type: volume, source: "«v»", target: /x}]\n#top: {volumes: {v: {driver_opts: {o: bind, device: /run}}}}',
    'volumes: ["../../../../«var/run/docker.sock»:/x"]',
    'volumes: [{type: "«bind»", source: /run/docker.sock, target: /x}]',
    'volumes_from: ["«other»"]\n#other: {volumes: ["/run/docker.sock:/x"]}',
    'image: tecnativa/docker-socket-proxy:1\nvolumes: ["/run/docker.sock:/x"]\nnetwork_mode: «host»',
    'image: tecnativa/docker-socket-proxy:1\nvolumes: ["/run/docker.sock:/x"]\nports: ["«2375:2375»"]',
  ],
  'flat-network': ['image: postgres:16.1\nnetworks: ["«default»"]\n#other: {ports: ["80:80"]}'],
  'gpu-all-devices': ['gpus: «all»', 'gpus: [{count: "«all»"}]'],
  'gpu-container-excess': [
    'gpus: [{count: 1}]\nprivileged: «true»',
    'gpus: [{count: 1}]\npid: «host»',
    'gpus: [{count: 1}]\ncap_add: ["«SYS_ADMIN»"]',
  ],
  'healthcheck-missing': ['healthcheck: {disable: "«true»"}'],
  'host-cgroup': ['cgroup: «host»'],
  'host-device': ['devices: ["«/dev/kvm»"]', 'device_cgroup_rules: ["«c 13:* rwm»"]'],
  'host-device-raw': [
    ...['/dev/sda', '/dev/dri/../sda', '/dev/mmcblk0', '/dev/block/8:0', '/dev/hda', '/dev/root'].map(
      (path) => `devices: ["«${path}»"]`,
    ),
    'device_cgroup_rules: ["«a *:* rwm»"]',
  ],
  'host-ipc': ['ipc: «host»'],
  'host-network': [
    'network_mode: «host»',
    'networks: ["«h»"]\n#top: {networks: {h: {external: true, name: host}}}',
    'networks: [h]\n#top: {networks: {h: {external: true, name: "«host»"}}}',
    'networks: [host]\n#top: {networks: {host: {external: "«true»"}}}',
  ],
  'host-pid': ['pid: «host»', 'pid: «service:other»\n#other: {pid: host}'],
  'host-userns': ['userns_mode: «host»'],
  'host-uts': ['uts: «host»'],
  'image-digest-missing': ['image: «x:1»'],
  'image-unpinned': ['image: «x»'],
  'memory-unlimited': ['mem_limit: «0»'],
  'mount-propagation-shared': [
    'volumes: [{type: bind, source: /a, target: /b, bind: {propagation: "«rshared»"}}]',
    'volumes: ["/a:/b:«rshared»"]',
  ],
  'net-admin-capability': ['cap_add: ["«NET_ADMIN»"]'],
  'net-raw-kept': ['cap_drop: ["«CHOWN»"]'],
  'pids-unlimited': ['pids_limit: «0»'],
  'privilege-escalation': ['security_opt: ["«no-new-privileges:false»"]'],
  'privileged-container': ['privileged: «true»', 'post_start: [{command: x, privileged: "«true»"}]'],
  'published-on-all-addresses': [
    'image: ollama/ollama:1\nports: ["«0.0.0.0»:80:80"]',
    'image: ollama/ollama:1\nports: ["«80:80»"]',
    'image: ollama/ollama:1\nports: [{target: 80, host_ip: "«::»"}]',
  ],
  'restart-unbounded': ['restart: «always»\nhealthcheck: {disable: true}'],
  'root-user': ['user: «root»', 'user: «0»:1000'],
  'seccomp-off': ['security_opt: ["«seccomp:unconfined»"]', 'security_opt: ["seccomp:«unconfined»"]'],
  'secret-in-environment': ['env_file: «a.env»'],
  'sensitive-mount': [
    ...['/proc/1/root', '/run/dbus', '/run/systemd', '/run/libvirt', '/etc/crontab', '/etc/cron.daily/x'],
    ...['/etc/init.d', '/etc/rc.local', '/etc/udev', '/etc/group', '/usr/local/bin', '/usr/local/sbin'],
    ...['/lib/systemd', '/lib/modules', '/root/.bashrc', '/root/.profile'],
  ]
    .map((path) => `volumes: ["«${path}»:/x"]`)
    .concat([
      'volumes: ["«/etc»:/x"]',
      'volumes: ["/etc:/x:«rw»"]',
      'volumes: [{type: bind, source: "«/etc»", target: /x}]',
      'volumes: [{type: bind, source: /etc, target: /x, read_only: "«false»"}]',
      'volumes: ["v:/x"]\n#top: {volumes: {v: {driver: "«local»", driver_opts: {o: bind, device: /etc}}}}',
      'volumes: ["v:/x"]\n#top: {volumes: {v: {driver_opts: {type: overlay, device: overlay, o: "upperdir=«/root»"}}}}',
    ]),
  'sensitive-mount-read-only': [
    'volumes: ["«/etc»:/x:ro"]',
    'volumes: ["/etc:/x:«ro»"]',
    'volumes: [{type: bind, source: /etc, target: /x, read_only: "«true»"}]',
  ],
  'unmasked-proc': ['security_opt: ["«systempaths=unconfined»"]', 'privileged: «true»'],
  'writable-root-filesystem': ['read_only: «false»'],
};

const gpu = known({ count: 2, nodes: [], nvidia: null }, 'x');

/** What no setting of a compose file makes fail. */
const others = ['container-drift', 'default-bridge'];

const about = rules.filter(({ check }) => check.startsWith('workload-'));

/** The verdicts of a rule on the service `web`, which a file of these lines has. */
async function judge(id: string, lines: string): Promise<readonly Verdict[]> {
  const rule = about.find((each) => each.id === id);
  const check = checks.get(rule?.check ?? '');
  if (rule === undefined || check === undefined) throw new Error(id);
  const all = lines.split('\n');
  const marked = (sign: string) =>
    all.find((line) => line.startsWith(sign))?.slice(sign.length + 1, -1) ?? null;
  const own = all.filter((line) => !line.startsWith('#')).map((line) => `    ${line}\n`);
  const image = own.some((line) => line.includes('image:')) ? '' : '    image: nginx:1.27\n';
  const [other, top] = [marked('#other: '), marked('#top: ')];
  const beside = other === null ? '' : `  other: {image: nginx:1.27, ${other}}\n`;
  const text = `services:\n  web:\n${image}${own.join('')}${beside}${top ?? ''}\n`;
  const files = { '/compose.yml': text, '/a.env': 'A_PASSWORD=<masked>\n' };
  const evidence = await composeIn(files);
  const workloads = evidence.state === 'known' ? evidence.value : [];
  expect(workloads.map(({ name }) => name)).toContain('web');
  const given = { workloads, engines: [engine], processes: [], gpu };
  return evaluate(check, given, rule.with).filter(
    ({ subject }) => subject === undefined || /^web(?: |$)/.test(subject),
  );
}

describe('a value that is left to a variable never passes where one of them fails', () => {
  test('every rule about containers is here', () => {
    expect([...Object.keys(settings), ...others].toSorted()).toEqual(about.map(({ id }) => id).toSorted());
  });

  test('a service at the root of a repository is on no network of the host', async () => {
    expect(await judge('host-network', 'user: "1"')).toMatchObject([{ outcome: 'pass' }]);
  });

  const rows = Object.entries(settings).flatMap(([id, all]) => all.map((lines) => [id, lines] as const));
  test.each(rows)('%s: %s', async (id, lines) => {
    const bad = await judge(id, lines.replace(/«(.*?)»/g, '$1'));
    expect(bad.map(({ outcome }) => outcome)).toContain('fail');
    const open = await judge(id, lines.replace(/«.*?»/g, '$${UNSET}'));
    expect(open.map(({ outcome }) => outcome)).not.toContain('pass');
    expect(open.map(({ outcome }) => outcome)).not.toContain('not-applicable');
    expect(open).not.toEqual([]);
  });
});
