import type { Unit } from '../units/unit.ts';
import type { Dangerous } from './catalogue.ts';
import { isFlag } from './command-line.ts';

/**
 * The `ExecStart=` line that a unit would have without some flags, or with a safe value for them.
 *
 * @returns `null` where it cannot be written down safely: several commands, a masked argument, or a word
 *   after a flag that may be its value or may not
 */
export function execStartWithout(
  unit: Unit,
  flags: readonly Pick<Dangerous, 'setting' | 'when' | 'safe'>[],
): string | null {
  const [command, ...others] = unit.execStart;
  if (command === undefined || others.length > 0) return null;
  if (command.argv.some((argument) => argument.includes('<masked'))) return null;
  let argv: readonly string[] | null = command.argv;
  for (const { setting, when, safe } of flags) {
    argv &&= withoutFlag(argv, setting.name, 'present' in when);
    if (argv !== null && safe !== null) argv = [...argv, `${setting.name}=${safe}`];
  }
  return argv === null ? null : `ExecStart=${command.prefixes}${argv.map(quote).join(' ')}`;
}

function withoutFlag(argv: readonly string[], name: string, isSwitch: boolean): string[] | null {
  const kept: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] ?? '';
    const [flag = ''] = argument.split('=', 1);
    if (!flag.startsWith('-') || !isFlag(flag, name)) {
      kept.push(argument);
      continue;
    }
    const next = argv[index + 1];
    const hasValue = !argument.includes('=') && next !== undefined && !next.startsWith('-');
    if (hasValue && isSwitch) return null;
    if (hasValue) index++;
  }
  return kept;
}

/** One word for systemd; see systemd.service(5), "Command lines", and systemd.unit(5), "Specifiers". */
function quote(argument: string): string {
  const escaped = argument
    .replaceAll('%', '%%')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n');
  return /^[\w./:@%+=,${}-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}
