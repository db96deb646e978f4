import type { Finding } from '../../engine/report.ts';
import { notCopyable, shownCommands } from '../command.ts';
import { groupBy } from '../groups.ts';
import { riskWords } from '../words.ts';
import { clip } from '../wrap.ts';
import { code, fenced, prose } from './escape.ts';

/** Characters: a minified file has lines of a megabyte. */
const longestExcerpt = 300;

/** An open finding: what is wrong, where it can be seen, and the commands that put it right. */
export function openItem(finding: Finding): string[] {
  const { rule, severity, waived, remediation } = finding;
  const waiver =
    waived === null ? [] : [`  Waived until ${prose(waived.expires)}: ${prose(waived.reason)}`, ''];
  return [
    `- [ ] **${severity}** ${code(rule)}${subjectOf(finding)}: ${prose(messageOf(finding))}`,
    ...evidence(finding),
    '',
    ...waiver,
    ...(remediation === null
      ? []
      : [
          `  Fix: ${prose(remediation.summary)} Risk: ${riskWords[remediation.risk]}.`,
          '',
          ...snippet(remediation.snippet),
          ...commands(null, remediation.commands),
          ...commands('Check:', remediation.verify),
          ...commands('Undo:', remediation.undo),
        ]),
  ];
}

/** A finding that somebody has to look at: undetermined, errored, or a question. */
export function unclearItem(finding: Finding): string[] {
  const broke = finding.outcome === 'error' ? 'aisec itself failed: ' : '';
  return [
    `- [ ] **${finding.severity}** ${code(finding.rule)}${subjectOf(finding)}: ${broke}${prose(messageOf(finding))}`,
    ...evidence(finding),
  ];
}

/** One item a rule, with the subjects for which it passes. */
export function doneItems(findings: readonly Finding[]): string[] {
  return Array.from(groupBy(findings, (finding) => finding.rule).values(), (group) => {
    const subjects = group.map(({ subject }) => subject).filter((subject) => subject !== 'host');
    const on = subjects.length === 0 ? '' : `: ${subjects.map(code).join(', ')}`;
    return `- [x] ${code(group[0].rule)}${on}`;
  });
}

/** Folded: the rules without a subject here. */
export function absentItems(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [];
  return [
    '<details>',
    `<summary>Not applicable (${String(findings.length)})</summary>`,
    '',
    ...findings.map(
      (finding) => `- ${code(finding.rule)}${subjectOf(finding)}: ${prose(messageOf(finding))}`,
    ),
    '',
    '</details>',
    '',
  ];
}

function subjectOf({ subject }: Finding): string {
  return subject === 'host' ? '' : ` on ${code(subject)}`;
}

function messageOf({ message, title }: Finding): string {
  return message ?? title;
}

function evidence(finding: Finding): string[] {
  return finding.evidence.map(({ source, line, excerpt }) => {
    const place = code(line === null ? source : `${source}:${String(line)}`);
    return excerpt === null || excerpt.trim() === ''
      ? `  - ${place}`
      : `  - ${place} ${code(clip(excerpt.trim(), longestExcerpt))}`;
  });
}

/** YAML to paste where the evidence points. */
function snippet(text: string | null): string[] {
  return text === null ? [] : commands('Add:', text.trimEnd().split('\n'));
}

/** In one block to be copied; or escaped, with a warning, and no block at all. */
function commands(label: string | null, texts: readonly string[]): string[] {
  if (texts.length === 0) return [];
  const shown = shownCommands(texts);
  const title = label === null ? [] : [`  ${label}`, ''];
  if (shown.copyable) {
    return [...title, ...fenced(texts.join('\n'), '  '), ''];
  }
  return [...title, `  (${notCopyable})`, '', ...shown.texts.flatMap((text) => [`  ${code(text)}`, ''])];
}
