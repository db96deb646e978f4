import type { Evidence } from '../../host/evidence.ts';
import { known } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import type { Table } from '../netfilter/ruleset.ts';
import { notRestored, restored } from './restore.ts';
import type { UfwRule } from './ufw-rules.ts';
import { parseUfwRules } from './ufw-rules.ts';

/** What UFW is set to do, from its files; not whether the kernel does it. */
export interface UfwConfiguration {
  /** ENABLED=yes: its unit loads the rules at boot. */
  readonly enabled: boolean;
  /** `off`, `low`, `medium`, `high`, `full`. */
  readonly logging: string;
  readonly loggingLine: number | null;
  /** `DROP`, `REJECT` or `ACCEPT`: what becomes of packets that no rule names. */
  readonly policies: Readonly<Record<'input' | 'output' | 'forward', string>>;
  /** MANAGE_BUILTINS=yes: it first throws away every rule of iptables, other programs' included. */
  readonly flushes: boolean;
  readonly ipv6: boolean;
  /** What user.rules and user6.rules hold, in the order in which they are tried: root alone may read them. */
  readonly rules: Evidence<readonly UfwRule[]>;
  /** The chains that they fill. */
  readonly userTables: Evidence<readonly Table[]>;
}

export const ufwPaths = {
  main: '/etc/ufw/ufw.conf',
  defaults: '/etc/default/ufw',
  rules: '/etc/ufw/user.rules',
  rules6: '/etc/ufw/user6.rules',
} as const;

/** `known(null)`: UFW is not installed. */
export async function readUfw(host: Host): Promise<Evidence<UfwConfiguration | null>> {
  const [main, defaults, rules, rules6] = await Promise.all([
    host.read(ufwPaths.main),
    host.read(ufwPaths.defaults),
    host.read(ufwPaths.rules),
    host.read(ufwPaths.rules6),
  ]);
  if (main.state === 'unknown') return main;
  if (main.value === null) return known(null, main.source);
  if (defaults.state === 'unknown') return defaults;
  const logging = setting(main.value, 'LOGLEVEL');
  const ipv6 = setting(defaults.value ?? '', 'IPV6')?.value.toLowerCase() === 'yes';
  const policy = (way: string, usual: string) =>
    setting(defaults.value ?? '', `DEFAULT_${way}_POLICY`)?.value.toUpperCase() ?? usual;
  return known(
    {
      enabled: setting(main.value, 'ENABLED')?.value.toLowerCase() === 'yes',
      logging: logging?.value.toLowerCase() ?? 'low',
      loggingLine: logging?.line ?? null,
      policies: {
        input: policy('INPUT', 'DROP'),
        output: policy('OUTPUT', 'ACCEPT'),
        forward: policy('FORWARD', 'DROP'),
      },
      flushes: setting(defaults.value ?? '', 'MANAGE_BUILTINS')?.value === 'yes',
      ipv6,
      rules: rulesFrom(rules, rules6),
      userTables: tablesFrom(ipv6 ? [rules, rules6] : [rules]),
    },
    main.source,
  );
}

function rulesFrom(
  rules: Evidence<string | null>,
  rules6: Evidence<string | null>,
): Evidence<readonly UfwRule[]> {
  if (rules.state === 'unknown') return rules;
  if (rules6.state === 'unknown') return rules6;
  const found = [
    ...parseUfwRules(rules.value ?? '', 'ip', rules.source),
    ...parseUfwRules(rules6.value ?? '', 'ip6', rules6.source),
  ];
  return known(found, rules.source);
}

function tablesFrom(files: readonly Evidence<string | null>[]): Evidence<readonly Table[]> {
  const tables: Table[] = [];
  for (const [index, file] of files.entries()) {
    if (file.state === 'unknown') return file;
    const input = { source: file.source, text: file.value ?? '' };
    const found = restored([input], index === 0 ? 'ip' : 'ip6', file.source);
    if ('wrong' in found) return notRestored(found.wrong);
    tables.push(...found);
  }
  return known(tables, ufwPaths.rules);
}

/** A shell assignment; the last one counts. */
function setting(text: string, name: string): { readonly value: string; readonly line: number } | null {
  const lines = text.split('\n').map((line, index) => ({ line, number: index + 1 }));
  const found = lines.findLast(({ line }) => line.trim().startsWith(`${name}=`));
  if (found === undefined) return null;
  const value = found.line
    .trim()
    .slice(name.length + 1)
    .replace(/\s+#.*$/, '');
  return { value: value.replace(/^(["'])(.*)\1$/, '$2').trim(), line: found.number };
}
