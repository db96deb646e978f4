import { notCopyable, shownCommands } from '../command.ts';
import { wrap } from '../wrap.ts';
import type { Style } from './style.ts';
import { hang, plain } from './style.ts';

/** A labelled paragraph of a finding: `    fix    …`. */
export function labelled(style: Style, label: string, text: string, paint = plain): string[] {
  return hang(style, labelOf(label), text, paint, style.chalk.dim);
}

/**
 * Commands, each on a line of its own, never wrapped or changed: they are there to be copied.
 *
 * One of several lines starts at the margin, where a here-document keeps its meaning.
 *
 * @param label - stands before the first; without one, they are indented below the line before
 */
export function commandLines(style: Style, commands: readonly string[], label: string | null): string[] {
  const { chalk } = style;
  const indent = label === null ? 13 : 11;
  const first = label === null ? ' '.repeat(indent) : labelOf(label);
  const { copyable, texts } = shownCommands(commands);
  if (!copyable) {
    const lines = texts.flatMap((text) => wrap(text, style.width - indent));
    return [
      ...hang(style, first, `(${notCopyable})`, chalk.yellow, chalk.dim),
      ...lines.map((line) => ' '.repeat(indent) + chalk.strikethrough(line)),
    ];
  }
  return texts.flatMap((text, index) => {
    const prefix = index === 0 ? first : ' '.repeat(indent);
    if (!text.includes('\n')) return [chalk.dim(prefix) + chalk.green(text)];
    const lines = text.split('\n').map((line) => (line === '' ? '' : chalk.green(line)));
    return prefix.trim() === '' ? lines : [chalk.dim(prefix.trimEnd()), ...lines];
  });
}

/** YAML to paste, line by line under its label. */
export function snippetLines(style: Style, snippet: string | null): string[] {
  return snippet === null ? [] : commandLines(style, snippet.trimEnd().split('\n'), 'add');
}

function labelOf(label: string): string {
  return `    ${label.padEnd(5)}  `;
}
