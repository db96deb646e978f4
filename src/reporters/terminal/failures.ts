import type { Finding, Remediation } from '../../engine/report.ts';
import type { Group } from '../groups.ts';
import { groupBy } from '../groups.ts';
import { riskWords } from '../words.ts';
import { evidenceLines } from './evidence.ts';
import { commandLines, labelled, snippetLines } from './remediation.ts';
import type { Style } from './style.ts';
import { count, hang, severityPaint } from './style.ts';

/** Subjects of one rule that are shown in full; the rest are counted. */
const mostSubjects = 25;
/** From so many subjects on, each is told in short. */
const many = 4;

/** One block a failed rule, in the order of the findings. */
export function failureLines(failed: readonly Finding[], style: Style, verbose: boolean): string[] {
  return [...groupBy(failed, (finding) => finding.rule).values()].flatMap((group) => [
    '',
    ...ruleHeading(group, style),
    ...(group.length === 1 ? oneSubject(group[0], style, verbose) : manySubjects(group, style, verbose)),
    ...(verbose ? referenceLines(group[0], style) : []),
  ]);
}

function ruleHeading([first, ...others]: Group<Finding>, style: Style): string[] {
  const subjects = others.length === 0 ? '' : ` · ${String(others.length + 1)} subjects`;
  const text = `${first.rule} · ${first.layer}${subjects}`;
  const paint = severityPaint(style, first.severity);
  return hang(style, `  ${first.severity.toUpperCase()}  `, text, style.chalk.bold, paint);
}

function oneSubject(finding: Finding, style: Style, verbose: boolean): string[] {
  return [
    ...hang(style, '  ', messageOf(finding)),
    ...subjectLine(finding, style),
    ...evidenceLines(finding, style, 4, verbose ? Infinity : 3, verbose),
    ...remedyLines(finding.remediation, style),
  ];
}

/** The message names its subject; where it does not, the subject gets a line. */
function subjectLine(finding: Finding, style: Style): string[] {
  if (finding.subject === 'host' || messageOf(finding).includes(finding.subject)) return [];
  return labelled(style, 'on', finding.subject);
}

function remedyLines(remedy: Remediation | null, style: Style): string[] {
  if (remedy === null) return [];
  return [
    ...labelled(style, 'fix', remedy.summary),
    ...snippetLines(style, remedy.snippet),
    // Below YAML to paste, commands must not look like more of it.
    ...commandLines(style, remedy.commands, remedy.snippet === null ? null : 'run'),
    ...commandLines(style, remedy.verify, 'check'),
    ...commandLines(style, remedy.undo, 'undo'),
    ...riskLine(style, remedy),
  ];
}

function riskLine(style: Style, { risk, commands }: Remediation): string[] {
  if (risk === 'none' && commands.length === 0) return [];
  const paint = risk === 'none' ? style.chalk.dim : style.chalk.yellow;
  return labelled(style, 'risk', riskWords[risk], paint);
}

/** What all subjects share once, then each subject with what is its own. */
function manySubjects(group: Group<Finding>, style: Style, verbose: boolean): string[] {
  const shown = verbose ? group : group.slice(0, mostSubjects);
  const shared = sharedRemedy(group);
  const brief = !verbose && group.length >= many;
  const rest = group.length - shown.length;
  return [
    ...hang(style, '  ', `${group[0].title}.`),
    ...remedyLines(shared, style),
    ...shown.flatMap((finding, index) =>
      subjectBlock(finding, shown[index - 1] ?? null, style, { shared, brief, verbose }),
    ),
    ...(brief && group.some((each) => hasOwnSteps(each, shared))
      ? ['', ...hang(style, '    ', 'How to check and undo each: --verbose', style.chalk.dim)]
      : []),
    ...(rest > 0
      ? [
          '',
          ...hang(
            style,
            '    ',
            `and ${count(rest, 'more subject')}: --verbose shows them`,
            style.chalk.yellow,
          ),
        ]
      : []),
  ];
}

interface Telling {
  readonly shared: Remediation | null;
  readonly brief: boolean;
  readonly verbose: boolean;
}

function subjectBlock(finding: Finding, before: Finding | null, style: Style, telling: Telling): string[] {
  const { shared, brief, verbose } = telling;
  const remedy = finding.remediation;
  const likewise = brief && before !== null && wording(before) === wording(finding);
  const own = <K extends 'commands' | 'verify' | 'undo'>(part: K) =>
    remedy === null || (shared !== null && same(remedy[part], shared[part])) ? [] : remedy[part];
  const steps = brief
    ? []
    : [...commandLines(style, own('verify'), 'check'), ...commandLines(style, own('undo'), 'undo')];
  return [
    // A list of names needs no air.
    ...(likewise && own('commands').length === 0 ? [] : ['']),
    ...hang(style, '  • ', finding.subject, style.chalk.bold),
    ...(likewise ? [] : hang(style, '    ', messageOf(finding))),
    ...evidenceLines(finding, style, 4, brief ? 1 : verbose ? Infinity : 3, verbose),
    ...(remedy === null || shared?.summary === remedy.summary ? [] : labelled(style, 'fix', remedy.summary)),
    ...(remedy === null || shared?.snippet === remedy.snippet ? [] : snippetLines(style, remedy.snippet)),
    ...commandLines(style, own('commands'), 'run'),
    ...steps,
    ...(remedy === null || shared?.risk === remedy.risk ? [] : riskLine(style, remedy)),
  ];
}

/** The parts of the remediation that are the same for every subject; `null` when not even the summary is. */
function sharedRemedy(group: Group<Finding>): Remediation | null {
  const [first] = group;
  const remedy = first.remediation;
  if (remedy === null) return null;
  const all = (holds: (other: Remediation) => boolean) =>
    group.every((each) => each.remediation !== null && holds(each.remediation));
  if (!all((other) => other.summary === remedy.summary && other.risk === remedy.risk)) return null;
  const part = (name: 'commands' | 'verify' | 'undo') =>
    all((other) => same(other[name], remedy[name])) ? remedy[name] : [];
  const snippet = all((other) => other.snippet === remedy.snippet) ? remedy.snippet : null;
  return { ...remedy, snippet, commands: part('commands'), verify: part('verify'), undo: part('undo') };
}

function hasOwnSteps({ remediation }: Finding, shared: Remediation | null): boolean {
  if (remediation === null) return false;
  return !same(remediation.verify, shared?.verify ?? []) || !same(remediation.undo, shared?.undo ?? []);
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, index) => text === other[index]);
}

/** A message without what it is about: equal for subjects that fail alike. */
function wording(finding: Finding): string {
  return messageOf(finding).replaceAll(finding.subject, '\0');
}

function messageOf(finding: Finding): string {
  return finding.message ?? finding.title;
}

function referenceLines({ references }: Finding, style: Style): string[] {
  return references.flatMap((reference, index) =>
    labelled(style, index === 0 ? 'see' : '', reference, style.chalk.dim),
  );
}
