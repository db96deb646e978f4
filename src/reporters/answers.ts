import type { QueryAnswer } from '../engine/report.ts';
import { code, cell } from './markdown/escape.ts';
import type { Paint, Style } from './terminal/style.ts';
import { hang, styleOf } from './terminal/style.ts';
import { visible, visibleJson } from './visible.ts';
import { displayWidth } from './wrap.ts';

export interface AnswerPage {
  readonly color: boolean;
  /** Columns. */
  readonly width: number;
  /** One question, told with the whole way of its packet; otherwise a line each. */
  readonly single: boolean;
}

/** Answers to questions of who reaches what, in the order of the questions. */
export function answersAs(
  format: 'terminal' | 'json' | 'markdown',
  answers: readonly QueryAnswer[],
  page: AnswerPage,
): string {
  const [only] = answers;
  if (format === 'json') {
    return `${visibleJson(page.single ? only : { queries: answers })}\n`;
  }
  if (only === undefined) return 'Nothing was asked.\n';
  if (format === 'markdown') return `${(page.single ? section(only) : table(answers)).join('\n')}\n`;
  const style = styleOf(page.color, page.width);
  return `${(page.single ? paragraph(only, style) : lines(answers, style)).join('\n')}\n`;
}

function socketOf({ to, port, proto }: QueryAnswer): string {
  return `${to.includes(':') ? `[${to}]` : to}:${String(port)}/${proto}`;
}

/** The way of a packet that no rule looked at is no way at all. */
function reasonsOf({ because }: QueryAnswer): readonly string[] {
  return because.length === 0 ? ['no rule filters it'] : because;
}

function questionOf(answer: QueryAnswer): string {
  const over = answer.interface === '' ? '' : ` over ${answer.interface}`;
  return `${answer.from} → ${socketOf(answer)}${over}`;
}

function paragraph(answer: QueryAnswer, style: Style): string[] {
  return [
    verdictPaint(style, answer)(answer.verdict) + `  ${visible(questionOf(answer))}`,
    ...reasonsOf(answer).flatMap((reason, index) =>
      hang(style, `${String(index + 1).padStart(4)}  `, reason, undefined, style.chalk.dim),
    ),
  ];
}

function verdictPaint({ chalk }: Style, { verdict }: QueryAnswer): Paint {
  const paints = { reachable: chalk.bold.red, unknown: chalk.bold.yellow, blocked: chalk.bold.green };
  return paints[verdict];
}

/** Whole, however wide: a line cut off would be of no use to grep(1). */
function lines(answers: readonly QueryAnswer[], style: Style): string[] {
  const rows = answers.map((answer) => ({
    answer,
    cells: [answer.from, socketOf(answer), answer.interface].map(visible),
  }));
  const widths = [0, 1, 2].map((column) =>
    rows.reduce((most, { cells }) => Math.max(most, displayWidth(cells[column] ?? '')), 0),
  );
  return rows.map(({ answer, cells }) => {
    const padded = cells.map((text, column) => text + ' '.repeat((widths[column] ?? 0) - displayWidth(text)));
    const verdict =
      verdictPaint(style, answer)(answer.verdict) + ' '.repeat('reachable'.length - answer.verdict.length);
    return [verdict, ...padded, visible(reasonsOf(answer).at(-1) ?? '')].join('  ').trimEnd();
  });
}

function section(answer: QueryAnswer): string[] {
  return [
    `**${answer.verdict}**: ${code(questionOf(answer))}`,
    '',
    ...reasonsOf(answer).map((reason, index) => `${String(index + 1)}. ${code(reason)}`),
  ];
}

function table(answers: readonly QueryAnswer[]): string[] {
  return [
    '| Verdict | From | To | Over | Because |',
    '|---|---|---|---|---|',
    ...answers.map((answer) => {
      const texts = [answer.from, socketOf(answer), answer.interface, reasonsOf(answer).join(' → ')];
      return `| ${[answer.verdict, ...texts.map((text) => (text === '' ? '' : cell(text)))].join(' | ')} |`;
    }),
  ];
}
