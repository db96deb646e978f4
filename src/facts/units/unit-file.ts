/** One `Key=Value` of a unit file. */
export interface Assignment {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  /** 1-based; the first of several continued lines. */
  readonly line: number;
}

const longestLine = 1024 * 1024;

/**
 * The assignments of a unit file in their order; see systemd.syntax(7).
 *
 * A section header that is not closed ends the file there, as systemd drops what follows.
 */
export function parseUnitFile(text: string): Assignment[] {
  const assignments: Assignment[] = [];
  let section = '';
  for (const { text: line, number } of logicalLines(text)) {
    if (line.startsWith('[')) {
      if (!line.endsWith(']')) return assignments;
      section = line.slice(1, -1);
      continue;
    }
    const equals = line.indexOf('=');
    if (section === '' || equals < 1) continue;
    const key = line.slice(0, equals).trim();
    assignments.push({ section, key, value: strip(line.slice(equals + 1)), line: number });
  }
  return assignments;
}

/** Lines with their continuations joined, comments and blank lines left out. */
function logicalLines(text: string): { text: string; number: number }[] {
  const lines: { text: string; number: number }[] = [];
  let held: { text: string; number: number } | null = null;
  const finish = (line: string, number: number) => {
    const stripped = strip(line);
    // U+FFFD: the bytes were no UTF-8, and systemd ignores such a line.
    if (stripped !== '' && !stripped.includes('\ufffd')) lines.push({ text: stripped, number });
  };
  const physical = text.replace(/^\ufeff/, '').split(/\r\n|\n\r|\n|\r|\0/);
  for (const [index, raw] of physical.entries()) {
    if (/^[ \t]*[#;]/.test(raw)) continue;
    const number: number = held?.number ?? index + 1;
    const line: string = (held?.text ?? '') + raw;
    if (line.length > longestLine) return lines;
    if (endsEscaped(line)) {
      held = { text: `${line.slice(0, -1)} `, number };
    } else {
      finish(line, number);
      held = null;
    }
  }
  if (held !== null) finish(held.text, held.number);
  return lines;
}

function endsEscaped(line: string): boolean {
  const backslashes = /\\+$/.exec(line)?.[0].length ?? 0;
  return backslashes % 2 === 1;
}

function strip(text: string): string {
  return text.replace(/^[ \t\n\r]+/, '').replace(/[ \t\n\r]+$/, '');
}
