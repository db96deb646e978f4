import type { Evidence } from '../../host/evidence.ts';
import { known } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import type { UfwRule } from './ufw-rules.ts';
import { parseUfwRules } from './ufw-rules.ts';

/** What UFW is set to do, from its files; not whether the kernel does it. */
export interface UfwConfiguration {
  /** ENABLED=yes: its unit loads the rules at boot. */
  readonly enabled: boolean;
  /** `off`, `low`, `medium`, `high`, `full`. */
  readonly logging: string;
  readonly loggingLine: number | null;
  /** `DROP`, `REJECT` or `ACCEPT`. */
  readonly defaultInput: string;
  readonly ipv6: boolean;
  /** What user.rules and user6.rules hold: root alone may read them. */
  readonly rules: Evidence<UfwRules>;
}

export interface UfwRules {
  /** In the order in which they are tried. */
  readonly tuples: readonly UfwRule[];
  /** The files' text, as iptables-restore loads it. */
  readonly text: { readonly ip: string; readonly ip6: string };
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
  return known(
    {
      enabled: setting(main.value, 'ENABLED')?.value.toLowerCase() === 'yes',
      logging: logging?.value.toLowerCase() ?? 'low',
      loggingLine: logging?.line ?? null,
      defaultInput: setting(defaults.value ?? '', 'DEFAULT_INPUT_POLICY')?.value.toUpperCase() ?? 'DROP',
      ipv6: setting(defaults.value ?? '', 'IPV6')?.value.toLowerCase() === 'yes',
      rules: rulesFrom(rules, rules6),
    },
    main.source,
  );
}

function rulesFrom(rules: Evidence<string | null>, rules6: Evidence<string | null>): Evidence<UfwRules> {
  if (rules.state === 'unknown') return rules;
  if (rules6.state === 'unknown') return rules6;
  const text = { ip: rules.value ?? '', ip6: rules6.value ?? '' };
  const tuples = [
    ...parseUfwRules(text.ip, 'ip', rules.source),
    ...parseUfwRules(text.ip6, 'ip6', rules6.source),
  ];
  return known({ tuples, text }, rules.source);
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
