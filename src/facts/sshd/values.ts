import type { ValueForm } from './keywords.ts';

/** Writes one word as `sshd -T` prints it, but for {@link rootLogin}; `null`: sshd would refuse it. */
export function formatValue(word: string, form: ValueForm): string | null {
  switch (form) {
    case 'lower': {
      const value = word.toLowerCase();
      return value === 'all' ? 'yes' : value === 'delayed' ? 'yes' : value;
    }
    case 'root':
      return rootLogin(word.toLowerCase());
    case 'upper':
      return word.toUpperCase();
    case 'time':
      return word.toLowerCase() === 'none' ? 'none' : seconds(word);
    case 'number':
      return /^\d+$/.test(word) ? String(Number(word)) : null;
    case 'exact':
      return word;
  }
}

/** `sshd -T` prints the older of two names for one value. */
export function rootLogin(value: string): string {
  return value === 'without-password' ? 'prohibit-password' : value;
}

const units = new Map([
  ['', 1],
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
  ['w', 604_800],
]);

/** TIME FORMATS of sshd_config(5): `90`, `2m`, `1h30m`. */
function seconds(text: string): string | null {
  if (!/^(?:\d+[smhdwSMHDW]?)+$/.test(text)) return null;
  let total = 0;
  for (const [, digits, unit] of text.matchAll(/(\d+)([smhdw]?)/gi)) {
    total += Number(digits) * (units.get((unit ?? '').toLowerCase()) ?? 1);
  }
  return total > 0x7f_ff_ff_ff ? null : String(total);
}
