import { placeholdersOf } from '../engine/template.ts';
import type { Fix, Rule } from '../engine/rule.ts';
import { stopgapWords } from './words.ts';

/** The page of a rule in docs/rules. */
export function rulePage(rule: Rule): string {
  const fixes: [string, Fix][] = [['Fix', rule.fix], ...Object.entries(rule.fixes).map(namedFix)];
  const parts = [
    `# ${rule.id}`,
    `${rule.title}.`,
    `Layer **${rule.layer}** · severity **${rule.severity}** · check \`${rule.check}\` · since ${rule.since}`,
    ...profileLines(rule),
    '## Why it matters',
    rule.why.trim(),
    ...fixes.flatMap(([title, fix]) => fixSection(title, fix)),
    ...(rule.stopgap ? ['## Until then', stopgapWords] : []),
    ...listSection('References', rule.references),
    ...listSection(
      'Maps to',
      Object.entries(rule.maps).map(([name, ids]) => `${name}: ${ids.join(', ')}`),
    ),
    ...listSection('Former ids', rule.aliases),
    '',
  ];
  return parts
    .join('\n\n')
    .replace(/\n{3,}$/, '\n')
    .replace(/\n\n$/, '\n');
}

function namedFix([message, fix]: [string, Fix]): [string, Fix] {
  return [`Fix, where the finding is \`${message}\``, fix];
}

function profileLines(rule: Rule): string[] {
  const changes = Object.entries(rule.profiles).map(([profile, change]) =>
    change.enabled === false
      ? `off in profile ${profile}`
      : `${change.severity ?? rule.severity} in profile ${profile}`,
  );
  return changes.length === 0 ? [] : [`${changes.join('; ')}.`];
}

function fixSection(title: string, fix: Fix): string[] {
  const commands = [
    ...fix.commands,
    ...(fix.verify.length > 0 ? ['# check', ...fix.verify] : []),
    ...(fix.undo.length > 0 ? ['# undo', ...fix.undo] : []),
  ];
  const names = [
    ...new Set([...fix.commands, ...fix.verify, ...fix.undo, fix.snippet ?? ''].flatMap(placeholdersOf)),
  ];
  return [
    `## ${title}`,
    `${fix.summary.trim()} Risk: **${fix.risk}**.`,
    ...(commands.length > 0 ? [`\`\`\`sh\n${commands.map((line) => line.trim()).join('\n')}\n\`\`\``] : []),
    ...(fix.snippet === undefined ? [] : [`\`\`\`yaml\n${fix.snippet.trimEnd()}\n\`\`\``]),
    ...(names.length > 0
      ? [`The report fills in ${names.map((name) => `\`{${name}}\``).join(', ')} for each finding.`]
      : []),
  ];
}

function listSection(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`## ${title}`, items.map((item) => `- ${item}`).join('\n')];
}
