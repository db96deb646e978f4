import { isVisible, visible } from './visible.ts';

/** A remediation's commands as they may be shown. */
export interface ShownCommands {
  /** Whether they may be copied; else a name in one would deceive its reader, and all are escaped. */
  readonly copyable: boolean;
  readonly texts: readonly string[];
}

export const notCopyable = 'not for copying: a name in it holds control characters, shown escaped';

/**
 * Decides whether commands that follow on each other can be offered for copying. If one cannot, none is:
 * the others without it may do harm, such as a firewall turned on without the rule that lets SSH in.
 *
 * A rule may spread a command over lines; a name of the audited machine may not. Names are quoted, so a
 * line break inside quotes is taken for a name's.
 */
export function shownCommands(commands: readonly string[]): ShownCommands {
  const copyable = commands.every(isCopyable);
  return { copyable, texts: copyable ? commands : commands.map(visible) };
}

function isCopyable(command: string): boolean {
  return command.split('\n').every(isVisible) && !breaksInsideQuotes(command);
}

/** Quoting as POSIX shells do it; in doubt (a here-document with an apostrophe) it says yes. */
function breaksInsideQuotes(command: string): boolean {
  let quote = '';
  let escaped = false;
  for (const character of command) {
    if (character === '\n' && quote !== '') return true;
    if (escaped) escaped = false;
    else if (character === '\\' && quote !== "'") escaped = true;
    else if (quote === '' && (character === "'" || character === '"')) quote = character;
    else if (character === quote) quote = '';
  }
  return false;
}
