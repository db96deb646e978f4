import type { Evidence } from '../../host/evidence.ts';
import { known, unknown } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import type { Family } from '../netfilter/addresses.ts';
import type { Table } from '../netfilter/ruleset.ts';
import type { RestoreInput } from './restore.ts';
import { notRestored, restored } from './restore.ts';
import type { UfwConfiguration } from './ufw.ts';

/** The script of ufw that loads the rules, whose order is followed here. */
const script = '/lib/ufw/ufw-init-functions';
const hooks = ['/etc/ufw/before.init', '/etc/ufw/after.init'] as const;

/** The tables that ufw's unit loads into a kernel that has none. */
export async function readUfwTables(host: Host, ufw: UfwConfiguration): Promise<Evidence<readonly Table[]>> {
  const hook = await runningHook(host);
  if (hook.state === 'unknown') return hook;
  if (hook.value !== null) {
    return unknown('unsupported', `ufw runs ${hook.value}, whose rules aisec does not follow`, hook.value);
  }
  const families = await Promise.all([readFamily(host, ufw, 'ip'), readFamily(host, ufw, 'ip6')]);
  const failed = families.find((family) => family.state === 'unknown');
  if (failed?.state === 'unknown') return failed;
  return known(
    families.flatMap((family) => (family.state === 'known' ? family.value : [])),
    '/etc/ufw',
  );
}

/** A script that ufw runs because it may be executed. */
async function runningHook(host: Host): Promise<Evidence<string | null>> {
  const stats = await Promise.all(hooks.map((path) => host.stat(path)));
  const unseen = stats.find((stat) => stat.state === 'unknown');
  if (unseen?.state === 'unknown') return unseen;
  const found = stats.findIndex(
    (stat) => stat.state === 'known' && stat.value !== null && (stat.value.mode & 0o111) !== 0,
  );
  return known(hooks[found] ?? null, hooks[0]);
}

async function readFamily(
  host: Host,
  ufw: UfwConfiguration,
  family: Family,
): Promise<Evidence<readonly Table[]>> {
  const suffix = family === 'ip' ? '' : '6';
  if (family === 'ip6' && !ufw.ipv6) return tablesFrom([{ source: script, text: ipv6Off }], family);
  const names = ['before', 'after', 'user'].map((name) => `/etc/ufw/${name}${suffix}.rules`);
  const files = await Promise.all(names.map((name) => host.read(name)));
  const inputs: RestoreInput[] = [];
  for (const [index, file] of files.entries()) {
    if (file.state === 'unknown') return file;
    if (file.value === null || file.value === '') continue;
    const source = names[index] ?? '';
    if (source.includes('user')) inputs.push(scripted(userChains(suffix)));
    inputs.push({ source, text: file.value });
    if (source.includes('user')) inputs.push(scripted(userJumps(suffix)));
  }
  const first = scripted(primaryChains(suffix, ufw));
  return tablesFrom([first, ...inputs, scripted(policies(ufw))], family);
}

function tablesFrom(inputs: readonly RestoreInput[], family: Family): Evidence<readonly Table[]> {
  const tables = restored(inputs, family, '/etc/ufw');
  return 'wrong' in tables ? notRestored(tables.wrong) : known(tables, '/etc/ufw');
}

function scripted(lines: readonly string[]): RestoreInput {
  return { source: script, text: ['*filter', ...lines, 'COMMIT'].join('\n') };
}

const ipv6Off = `*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT DROP [0:0]
-A INPUT -i lo -j ACCEPT
-A OUTPUT -o lo -j ACCEPT
COMMIT`;
const ways = ['input', 'output', 'forward'] as const;
const stages = ['before-logging', 'before', 'after', 'after-logging', 'reject', 'track'];

function primaryChains(suffix: string, ufw: UfwConfiguration): readonly string[] {
  const at = `ufw${suffix}`;
  const declared = stages.flatMap((stage) => ways.map((way) => `:${at}-${stage}-${way} - [0:0]`));
  const jumps = ways.flatMap((way) =>
    stages.map((stage) => `-A ${way.toUpperCase()} -j ${at}-${stage}-${way}`),
  );
  const byPolicy = ways.flatMap((way) => {
    const policy = ufw.policies[way];
    if (policy === 'REJECT') return [`-A ${at}-reject-${way} -j REJECT`];
    if (policy !== 'ACCEPT') return [];
    return ['tcp', 'udp'].map(
      (proto) => `-A ${at}-track-${way} -p ${proto} -m conntrack --ctstate NEW -j ACCEPT`,
    );
  });
  const secondary = [
    `:${at}-logging-deny - [0:0]`,
    `:${at}-logging-allow - [0:0]`,
    ...ways.map((way) => `:${at}-skip-to-policy-${way} - [0:0]`),
    ...ways.map((way) => `-A ${at}-skip-to-policy-${way} -j ${ufw.policies[way]}`),
  ];
  return [...declared, ...jumps, ...byPolicy, ...secondary];
}

function userChains(suffix: string): readonly string[] {
  const names = [...ways, ...ways.map((way) => `logging-${way}`), 'limit', 'limit-accept'];
  return names.map((name) => `:ufw${suffix}-user-${name} - [0:0]`);
}

function userJumps(suffix: string): readonly string[] {
  return ways.map((way) => `-A ufw${suffix}-before-${way} -j ufw${suffix}-user-${way}`);
}

function policies(ufw: UfwConfiguration): readonly string[] {
  return ways.map((way) => {
    const policy = ufw.policies[way];
    return `:${way.toUpperCase()} ${policy === 'REJECT' ? 'DROP' : policy} [0:0]`;
  });
}
