import type { Rule } from '../engine/rule.ts';
import { layers } from '../engine/rule.ts';
import { groupBy } from './groups.ts';
import { rulePage } from './rule-page.ts';
import type { CheckWords } from './terminal/explanation.ts';
import { explanation } from './terminal/explanation.ts';
import { count, hang, severityPaint, styleOf } from './terminal/style.ts';
import { visibleJson } from './visible.ts';
import { displayWidth } from './wrap.ts';

interface Page {
  readonly color: boolean;
  /** Columns. */
  readonly width: number;
}

export function rulesAsJson(rules: readonly Rule[]): string {
  return `${visibleJson({ rules })}\n`;
}

export function rulesAsMarkdown(rules: readonly Rule[]): string {
  const lines = [
    '| Layer | Rule | Severity | Title |',
    '|---|---|---|---|',
    ...rules.map(
      ({ layer, id, severity, title }) =>
        `| ${layer} | \`${id}\` | ${severity} | ${title.replaceAll('|', '\\|')} |`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

export function ruleAsMarkdown(rule: Rule): string {
  return rulePage(rule);
}

/** The rules by layer, one line each. */
export function rulesForTerminal(rules: readonly Rule[], { color, width }: Page): string {
  const style = styleOf(color, width);
  const byLayer = groupBy(rules, (rule) => rule.layer);
  const longest = rules.reduce((most, { id }) => Math.max(most, displayWidth(id)), 0);
  const column = longest + 14;
  // Beside its title only where both have room.
  const beside = style.prose - column >= 30;
  const lines = layers.flatMap((layer, index) => {
    const group = byLayer.get(layer) ?? [];
    if (group.length === 0) return [];
    return [style.chalk.bold(`${String(index + 1)} ${layer}`), ...group.flatMap(ruleLines), ''];
  });
  return [
    ...lines,
    `${count(rules.length, 'rule')}. What one means, and its fix: aisec explain RULE`,
    '',
  ].join('\n');

  function ruleLines({ id, severity, title }: Rule): string[] {
    const head = `  ${severityPaint(style, severity)(severity.padEnd(8))}  `;
    if (!beside) return [head + id, ...hang(style, '            ', title, style.chalk.dim)];
    const [first = '', ...more] = hang(style, ' '.repeat(column), title);
    return [head + id.padEnd(longest + 2) + first.slice(column), ...more];
  }
}

/** All there is to know of one rule. */
export function ruleForTerminal(rule: Rule, check: CheckWords, { color, width }: Page): string {
  return `${explanation(rule, check, styleOf(color, width)).join('\n')}\n`;
}
