import { holdsCredential } from '../units/exec-credential.ts';
import type { Unit } from '../units/unit.ts';
import type { AiService } from './ai-services.ts';
import type { Condition, Dangerous } from './catalogue.ts';
import { isFlag } from './command-line.ts';
import { conditionOf, isSecret } from './settings.ts';

type Removal = Condition & Partial<Pick<Dangerous, 'safe'>>;

/**
 * The `ExecStart=` line of a service's unit without any flag that its catalogue entry calls dangerous:
 * one line for all of them, because a drop-in can only replace the whole command.
 *
 * @param more - further flags to take out, where they are in force
 * @returns `null` where there is none to take out, or no safe way to write the line
 */
export function repairedExecStart(service: AiService, more: readonly Dangerous[] = []): string | null {
  const { auth, dangerous } = service.service;
  const found = [...more, ...dangerous, ...auth.disabledBy.flat()].filter(
    (each) => isRemovable(each) && conditionOf(service, each).holds,
  );
  const flags = new Map<string, Removal>(found.toReversed().map((each) => [each.setting.name, each]));
  if (service.unit === null || flags.size === 0) return null;
  return execStartWithout(service.unit, [...flags.values()]);
}

/** Taking a credential away would open the service; what is not there cannot be taken away. */
export function isRemovable({ setting, when }: Condition): boolean {
  if ('unset' in when || 'absent' in when) return false;
  return setting.kind === 'flag' && !isCredential({ setting, when });
}

/** Whether a finding is about a credential, which wants another value or another place. */
export function isCredential({ setting, when }: Condition): boolean {
  return isSecret(setting) && ('set' in when || 'wellKnown' in when);
}

/**
 * The `ExecStart=` line that a unit would have without some flags, or with a safe value for them.
 *
 * @returns `null` where it cannot be written down safely: several commands, a credential among the
 *   arguments, or a word after a flag that may be its value or may not
 */
function execStartWithout(unit: Unit, flags: readonly Removal[]): string | null {
  const [command, ...others] = unit.execStart;
  if (command === undefined || others.length > 0) return null;
  if (holdsCredential(command.argv) || command.prefixes.includes('@')) return null;
  let argv: readonly string[] | null = command.argv;
  for (const { setting, when, safe = null } of flags) {
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
