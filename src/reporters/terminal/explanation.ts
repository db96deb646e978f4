import type { Fix, Rule } from '../../engine/rule.ts';
import { profiles } from '../../engine/rule.ts';
import { placeholdersOf } from '../../engine/template.ts';
import { riskWords, stopgapWords } from '../words.ts';
import { visible } from '../visible.ts';
import { commandLines } from './remediation.ts';
import type { Style } from './style.ts';
import { hang, severityPaint } from './style.ts';

/** What a rule's check says and reads: a rule alone does not tell. */
export interface CheckWords {
  /** Templates of what it says when it fails. */
  readonly messages: readonly string[];
  /** Ids of the facts that it cannot do without. */
  readonly needs: readonly string[];
}

/** A rule in full: what it means, when it fails, and how to put it right. */
export function explanation(rule: Rule, check: CheckWords, style: Style): string[] {
  return [
    ...hang(style, '', rule.id, style.chalk.bold),
    ...hang(style, '', `${rule.title}.`),
    '',
    ...facts(rule, check, style),
    ...section(style, 'Why it matters', paragraphs(rule.why, style)),
    ...section(
      style,
      'What it says when it fails',
      check.messages.flatMap((message) => hang(style, '  • ', message)),
    ),
    ...fixSection(style, 'Fix', rule.fix),
    ...Object.entries(rule.fixes).flatMap(([message, fix]) =>
      fixSection(style, `Fix, where the finding is "${visible(message)}"`, fix),
    ),
    ...section(style, 'Until then', rule.stopgap ? paragraphs(stopgapWords, style) : []),
    // Never wrapped: an address is there to be opened.
    ...section(
      style,
      'See',
      rule.references.map((reference) => `  ${visible(reference)}`),
    ),
  ];
}

function facts(rule: Rule, check: CheckWords, style: Style): string[] {
  const line = (label: string, text: string) =>
    text === '' ? [] : hang(style, `  ${label.padEnd(10)}`, text, undefined, style.chalk.dim);
  const maps = Object.entries(rule.maps).map(([catalogue, ids]) => `${catalogue} ${ids.join(', ')}`);
  const parameters = Object.entries(rule.with).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return [
    ...hang(style, '  severity  ', severities(rule), severityPaint(style, rule.severity), style.chalk.dim),
    ...line('layer', rule.layer),
    ...line('check', [rule.check, ...parameters].join('; ')),
    ...line('reads', check.needs.join(', ')),
    ...line('since', rule.since),
    ...line('once', rule.aliases.join(', ')),
    ...line('maps to', maps.join('; ')),
  ];
}

/** `low; in profile server high; in profile ci off`. */
function severities(rule: Rule): string {
  const others = profiles.flatMap((profile) => {
    const change = rule.profiles[profile];
    if (change === undefined) return [];
    return [`in profile ${profile} ${change.enabled === false ? 'off' : (change.severity ?? rule.severity)}`];
  });
  return [rule.severity, ...others].join('; ');
}

function section(style: Style, title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', style.chalk.bold(title), ...lines];
}

function paragraphs(text: string, style: Style): string[] {
  return text
    .trim()
    .split('\n')
    .flatMap((line) => hang(style, '  ', line));
}

function fixSection(style: Style, title: string, fix: Fix): string[] {
  const names = [...new Set([...fix.commands, ...fix.verify, ...fix.undo].flatMap(placeholdersOf))];
  const steps = (label: string, commands: readonly string[]) =>
    commandLines(
      style,
      commands.map((command) => command.trim()),
      label,
    );
  return section(style, title, [
    ...paragraphs(fix.summary, style),
    ...steps('run', fix.commands),
    ...steps('check', fix.verify),
    ...steps('undo', fix.undo),
    ...hang(style, '    risk   ', riskWords[fix.risk], undefined, style.chalk.dim),
    ...(names.length === 0
      ? []
      : hang(
          style,
          '  ',
          `aisec audit fills in ${names.map((name) => `{${name}}`).join(', ')} for each finding, quoted for the shell.`,
          style.chalk.dim,
        )),
  ]);
}
