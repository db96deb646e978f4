import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { readInstructions } from '../../src/facts/dockerfiles/read-instructions.ts';
import { rawWords, resolveWord } from '../../src/facts/dockerfiles/words.ts';

/**
 * Holds the reader of Dockerfiles to BuildKit's own parser, over random files. build-dockerfile-dump.sh makes the
 * program that shows what BuildKit reads.
 */
const program = process.env.AISEC_DOCKERFILE_DUMP ?? '/var/cache/aisec-lab/dockerfile-dump';

interface Node {
  readonly Line: number;
  readonly Value: string;
  readonly Flags: readonly string[] | null;
  readonly JSON: boolean;
  readonly Args: readonly string[] | null;
  readonly Heredocs: readonly string[] | null;
}

const runs = Number(process.env.AISEC_LAB_RUNS ?? '3000');
const seed = Number(process.env.SEED ?? '20261121');

const piece = fc.constantFrom(
  ...[
    'RUN',
    'run',
    'COPY',
    'ADD',
    'ENV',
    'USER',
    'ARG',
    'FROM',
    'ONBUILD',
    'HEALTHCHECK',
    'CMD',
    'LABEL',
    'USRE',
  ],
  ...[
    ' ',
    ' ',
    ' ',
    '\t',
    '\n',
    '\n',
    '\n',
    '\r\n',
    '\\\n',
    '\\\n',
    '\\ \n',
    '\\\\\n',
    '`\n',
    '# c',
    '#',
    '\\',
    '`',
  ],
  ...['<<EOF', '<<-E', '<<"EOF"', "3<<'E'", 'EOF', 'E', '\tE', '<<', '<<<a', '\nEOF\n', '\nE\n'],
  ...[
    '"',
    "'",
    'a',
    'b c',
    'A=b',
    'A="b c"',
    "A='b c'",
    'A=b\\ c',
    '$A',
    '${A:-b c}',
    '["a", "b"]',
    '["a",',
    ']',
    '=',
    '--from=a',
    '--mount=type=secret,id=x',
    '-- ',
  ],
  ...['# escape=`\n', '# syntax=a\n', '# x=y\n', '#escape=\\\n'],
);
const line = fc
  .tuple(
    fc.constantFrom(
      'RUN ',
      'COPY ',
      'ENV ',
      'USER ',
      'FROM ',
      'ARG ',
      '  ',
      '# ',
      '',
      'ONBUILD RUN ',
      'HEALTHCHECK CMD ',
    ),
    fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join('')),
    fc.constantFrom('\n', '\n', ' \\\n', '\r\n', '\n\n'),
  )
  .map((parts) => parts.join(''));
const file = fc.oneof(
  fc.array(line, { minLength: 1, maxLength: 8 }).map((lines) => lines.join('')),
  fc.array(piece, { maxLength: 25 }).map((pieces) => `FROM a\n${pieces.join('')}`),
  fc.array(line, { maxLength: 6 }).map((lines) => `# escape=\`\n${lines.join('').replaceAll('\\', '`')}`),
);

if (existsSync(program)) {
  test('instructions are those that BuildKit reads', () => {
    const texts = fc.sample(file, { numRuns: runs, seed });
    const answers = ask([], texts);
    let read = 0;
    for (const [index, text] of texts.entries()) {
      const theirs = JSON.parse(answers[index] ?? '') as readonly Node[] | { readonly err: string };
      const own = readInstructions(text);
      if ('err' in theirs) {
        // It refuses more than aisec knows of; what it refuses for its lines, aisec must refuse, too.
        if (/unterminated heredoc|parser directive|escape token/.test(theirs.err)) {
          expect({ text, problem: own.problem }).not.toEqual({ text, problem: null });
        }
        continue;
      }
      read += 1;
      expect(JSON.stringify({ text, problem: own.problem })).toBe(JSON.stringify({ text, problem: null }));
      // An escape with nothing behind it is dropped there, and stays here.
      if (own.instructions.some(({ args }) => args.endsWith(own.escape))) continue;
      expect({ text, shown: own.instructions.map((each) => shape(each, own.escape)) }).toEqual({
        text,
        shown: theirs.map(theirShape),
      });
    }
    expect(read).toBeGreaterThan(runs / 4);
  });

  test('variables are filled in as BuildKit does', () => {
    const environment = new Map([
      ['SET', { text: 'set', missing: [] }],
      ['EMPTY', { text: '', missing: [] }],
    ]);
    const part = fc.constantFrom(
      '$SET',
      '${SET}',
      '${EMPTY:-',
      '${NONE-',
      '${SET:+',
      '${NONE+',
      '${EMPTY+',
      '}',
      '}',
      '"',
      "'",
      'a',
      '\\$',
      '\\"',
      '\\a',
      '$',
      '$NONE',
      '-',
      ' ',
      '$SETa',
      '${SET:?x}',
    );
    const words = fc.sample(
      fc.array(part, { minLength: 1, maxLength: 7 }).map((parts) => parts.join('')),
      { numRuns: runs, seed },
    );
    const answers = ask(['words'], words);
    let filled = 0;
    for (const [index, word] of words.entries()) {
      const [text, refused] = JSON.parse(answers[index] ?? '') as [string, boolean];
      if (refused) continue;
      filled += 1;
      expect({ word, text: resolveWord(word, environment, '\\').text }).toEqual({ word, text });
    }
    expect(filled).toBeGreaterThan(runs / 4);
  });
} else {
  console.warn(`Skipped: there is no ${program}; test/lab/build-dockerfile-dump.sh makes it.`);
  test.skip('BuildKit is not here', () => undefined);
}

function ask(options: readonly string[], texts: readonly string[]): readonly string[] {
  const input = texts.join('\0');
  return execFileSync(program, options, { input, encoding: 'utf8', maxBuffer: 1 << 28 })
    .trimEnd()
    .split('\n');
}

type Own = ReturnType<typeof readInstructions>['instructions'][number];

function shape({ line: begins, keyword, flags, argv, args, text, onbuild }: Own, escape: string) {
  const base = { line: begins, onbuild };
  if (onbuild) return base;
  const documents = (text.match(/\n/g) ?? []).length > 0;
  const named = flags.map(({ name }) => name);
  if (keyword === 'ENV' && flags.length === 0 && args !== '' && !args.endsWith(escape)) {
    const words = rawWords(args, escape);
    const [first] = words;
    const legacy = first?.text.includes('=') === false;
    const pairs = legacy ? [args.replace(/\s+/, '=')] : words.map((word) => word.text);
    return { ...base, keyword, flags: named, documents, args: pairs };
  }
  return { ...base, keyword, flags: named, documents, args: argv ?? null };
}

function theirShape({ Line, Value, Flags, JSON: isJson, Args, Heredocs }: Node) {
  const base = { line: Line, onbuild: Value === 'ONBUILD' };
  if (base.onbuild) return base;
  const named = (Flags ?? []).map((flag) => /^--([^=]*)/.exec(flag)?.[1]?.toLowerCase() ?? '');
  const common = { ...base, keyword: Value, flags: named, documents: (Heredocs ?? []).length > 0 };
  if (Value === 'ENV' && Args !== null && Args.length > 0 && named.length === 0) {
    const names = Args.filter((_, index) => index % 2 === 0);
    return { ...common, args: names.map((name, index) => `${name}=${Args[index * 2 + 1] ?? ''}`) };
  }
  const list = Value === 'HEALTHCHECK' ? Args?.slice(1) : Args;
  return { ...common, args: isJson ? (list ?? []) : null };
}
