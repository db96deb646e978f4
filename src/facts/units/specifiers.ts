import { parseUnitName, unescapeName } from './unit-name.ts';

/** What specifiers stand for on this machine; `null` where it is not known. */
export interface Machine {
  readonly hostname: string | null;
  readonly machineId: string | null;
  /** Kernel release. */
  readonly kernel: string | null;
}

/**
 * What a unit file writes as a path, as a manager of the machine or of any user reads it; `*` stands for what is
 * each user's own. See "Specifiers" in systemd.unit(5).
 *
 * @param home - the user's, where it is known
 * @returns `null` where a specifier is not known
 */
export function expandPath(
  text: string,
  unitName: string,
  manager: 'system' | 'user',
  home = '/home/*',
): string | null {
  const fixedHere = manager === 'system' ? fixed : { ...fixed, ...ofUser(home) };
  const valueOf = (letter: string) =>
    fixedHere[letter] ?? ofUnit(letter, { name: unitName, fragment: null }) ?? null;
  const letters = [...text.matchAll(/%([\s\S])/g)].map(([, letter = '']) => letter);
  if (letters.some((letter) => valueOf(letter) === null)) return null;
  return text.replace(/%([\s\S])/g, (_, letter: string) => valueOf(letter) ?? '');
}

function ofUser(home: string): Readonly<Record<string, string>> {
  return {
    ...{ t: '/run/user/*', h: home, S: `${home}/.local/state`, C: `${home}/.cache` },
    ...{ L: `${home}/.local/state/log`, E: `${home}/.config`, u: '*', U: '*', g: '*', G: '*' },
  };
}

/** The system manager's own, whatever User= says; see "Specifiers" in systemd.unit(5). */
const fixed: Readonly<Record<string, string>> = {
  '%': '%',
  t: '/run',
  S: '/var/lib',
  C: '/var/cache',
  L: '/var/log',
  E: '/etc',
  T: '/tmp',
  V: '/var/tmp',
  h: '/root',
  u: 'root',
  U: '0',
  g: 'root',
  G: '0',
  s: '/bin/sh',
};

/** Replaces `%x`; what is not a specifier, or is not known here, stays as it is written. */
export function expandSpecifiers(
  text: string,
  unit: { readonly name: string; readonly fragment: string | null },
  machine: Machine,
): string {
  return text.replace(/%([\s\S])/g, (whole, letter: string) => {
    return fixed[letter] ?? ofUnit(letter, unit) ?? ofMachine(letter, machine) ?? whole;
  });
}

function ofUnit(letter: string, unit: { name: string; fragment: string | null }): string | null {
  const parts = parseUnitName(unit.name);
  if (parts === null) return null;
  const { prefix, type } = parts;
  // Whoever starts a template gives it its instance.
  const instance = parts.instance === '' ? null : (parts.instance ?? '');
  switch (letter) {
    case 'n':
      return unit.name;
    case 'N':
      return unit.name.slice(0, -type.length - 1);
    case 'p':
      return prefix;
    case 'P':
      return unescapeName(prefix);
    case 'i':
      return instance;
    case 'I':
      return instance === null ? null : unescapeName(instance);
    case 'j':
      return prefix.slice(prefix.lastIndexOf('-') + 1);
    case 'J':
      return unescapeName(prefix.slice(prefix.lastIndexOf('-') + 1));
    case 'f':
      return instance === null ? null : `/${unescapeName(parts.instance ?? prefix).replace(/^\/+/, '')}`;
    case 'd':
      return `/run/credentials/${unit.name}`;
    case 'y':
      return unit.fragment;
    case 'Y':
      return unit.fragment?.replace(/\/[^/]*$/, '') ?? null;
    default:
      return null;
  }
}

function ofMachine(letter: string, machine: Machine): string | null {
  switch (letter) {
    case 'H':
      return machine.hostname;
    case 'l':
      return machine.hostname?.replace(/\..*$/, '') ?? null;
    case 'm':
      return machine.machineId;
    case 'v':
      return machine.kernel;
    default:
      return null;
  }
}
