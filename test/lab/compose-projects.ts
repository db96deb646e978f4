import * as fc from 'fast-check';
import type { Generation, Yaml } from './compose-fields.ts';
import { fields } from './compose-fields.ts';

/** A project's files, and how Compose is asked for it. */
export interface ComposeFiles {
  /** Text by name, relative to the project's directory. */
  readonly files: Readonly<Record<string, string>>;
  /** What `-f` names; none: what Compose finds by itself. */
  readonly named: readonly string[];
}

const services = ['web', 'db', 'api'] as const;

/** A key that may be reset or replaced where another file has it already. */
const tagged = [
  'ports',
  'volumes',
  'environment',
  'cap_add',
  'privileged',
  'networks',
  'command',
  'labels',
  'devices',
];

function body(generation: Generation, tags: boolean): fc.Arbitrary<readonly (readonly [string, Yaml])[]> {
  const all = fields(generation);
  const some = fc
    .subarray(Object.entries(all), { maxLength: 7 })
    .chain((chosen) => fc.tuple(...chosen.map(([key, value]) => value.map((yaml) => [key, yaml] as const))));
  if (!tags) return some;
  return fc
    .tuple(some, fc.array(fc.constantFrom('', '', '', 'override', 'reset'), { minLength: 8, maxLength: 8 }))
    .map(([entries, marks]) =>
      entries.map(([key, value], index) => {
        const mark = tagged.includes(key) ? (marks[index] ?? '') : '';
        return [key, mark === '' ? value : mark === 'reset' ? '!reset null' : `!override ${value}`] as const;
      }),
    );
}

interface Service {
  readonly name: string;
  readonly entries: readonly (readonly [string, Yaml])[];
}

function render(all: readonly Service[], before: readonly string[], tail: readonly string[]): string {
  const lines = [...before, 'services:'];
  for (const { name: service, entries } of all) {
    lines.push(`  ${service}:`, ...entries.map(([key, value]) => `    ${key}: ${value}`));
    if (entries.length === 0) lines.push('    {}');
  }
  return `${[...lines, ...tail].join('\n')}\n`;
}

const tail = [
  'volumes:',
  '  volume: {driver: local, driver_opts: {type: none, o: bind, device: /srv/volume}}',
  'networks:',
  '  front: {driver: bridge, internal: true}',
  '  back: {name: shared-back, external: true}',
];

const dotenv = fc
  .record({
    A: fc.constantFrom('A=alpha', 'A="al pha"', "A='$B'", 'export A=alpha # why'),
    B: fc.constantFrom('B=${A}-b', 'B=beta', 'B="x\\ty"', 'B=  spaced  '),
    EMPTY: fc.constant('EMPTY='),
    QUOTED: fc.constantFrom('QUOTED="a # b"', "QUOTED='it ${A}'", 'QUOTED="${A} \\"q\\""'),
    ON: fc.constantFrom('ON=true', 'ON=false'),
  })
  .map((lines) => `# made\n\n${Object.values(lines).join('\n')}\n`);
const plainDotenv = fc.constantFrom(
  'A=alpha\nB=beta\nEMPTY=\nQUOTED=q\nON=true\n',
  'A=1\nB=2\nEMPTY=\nQUOTED=x y\nON=false\n',
);

/**
 * Random projects of several files: a base with anchors and merge keys, an override, services that extend others of
 * the same or another file, an included project, variables.
 */
export function composeProject(generation: Generation): fc.Arbitrary<ComposeFiles> {
  const isNew = generation === 'v2';
  const one = body(generation, false);
  return fc
    .record({
      bodies: fc.tuple(one, one, one),
      anchor: one,
      merges: fc.boolean(),
      override: fc.option(fc.tuple(body(generation, isNew), body(generation, isNew)), { nil: null }),
      extended: fc.constantFrom('none', 'same', 'file'),
      base: one,
      included: isNew ? fc.option(one, { nil: null }) : fc.constant(null),
      third: fc.option(body(generation, isNew), { nil: null }),
      dotenv: isNew ? dotenv : plainDotenv,
      shares: fc.boolean(),
    })
    .map((made) => assemble(made, generation));
}

interface Made {
  readonly bodies: readonly (readonly (readonly [string, Yaml])[])[];
  readonly anchor: Service['entries'];
  readonly merges: boolean;
  readonly override: readonly Service['entries'][] | null;
  readonly extended: string;
  readonly base: Service['entries'];
  readonly included: Service['entries'] | null;
  readonly third: Service['entries'] | null;
  readonly dotenv: string;
  readonly shares: boolean;
}

function assemble(made: Made, generation: Generation): ComposeFiles {
  const image = ['image', 'registry.local/x:${TAG:-1.2}'] as const;
  const before = made.merges
    ? ['x-base: &base', ...made.anchor.map(([key, value]) => `  ${key}: ${value}`), '  stop_signal: SIGTERM']
    : [];
  const all = services.map((service, index): Service => {
    const own = made.bodies[index] ?? [];
    const reference: readonly (readonly [string, Yaml])[] =
      service !== 'api' || made.extended === 'none'
        ? []
        : [
            [
              'extends',
              made.extended === 'same' ? '{"service": "db"}' : '{"service": "base", "file": "sub/base.yml"}',
            ],
          ];
    const merged: readonly (readonly [string, Yaml])[] =
      made.merges && service !== 'db' ? [['<<', '*base']] : [];
    const mode: readonly (readonly [string, Yaml])[] =
      service === 'web' &&
      made.shares &&
      ![...own, ...made.anchor].some(([key]) => key === 'networks' || key === 'ports') &&
      made.override === null &&
      made.third === null
        ? [['network_mode', '"service:db"']]
        : [];
    return { name: service, entries: [image, ...merged, ...reference, ...mode, ...own] };
  });
  const includes = made.included === null ? [] : ['include: ["inc/compose.yml"]'];
  const version = generation === 'v1' ? ['version: "2.4"'] : [];
  const files: Record<string, string> = {
    'compose.yml': render(all, [...version, ...includes, ...before], tail),
    '.env': made.dotenv,
    'one.env': 'FOO=from-one\nB_1=1\n',
    'two.env': 'BAR=from-two\nFOO=from-two\n',
    'sub/one.env': 'FOO=sub\n',
    'sub/two.env': 'BAR=sub\n',
    'sub/base.yml': render([{ name: 'base', entries: [image, ...made.base] }], version, []),
  };
  if (made.included !== null) {
    files['inc/compose.yml'] = render([{ name: 'inner', entries: [image, ...made.included] }], [], []);
    files['inc/.env'] = 'A=inner\nNOT_SET=set-here\n';
    files['inc/one.env'] = 'FOO=inc\n';
    files['inc/two.env'] = 'BAR=inc\n';
  }
  if (made.override !== null) {
    const [web = [], db = []] = made.override;
    files['compose.override.yml'] = render(
      [
        { name: 'web', entries: web },
        { name: 'db', entries: db },
      ],
      version,
      [],
    );
  }
  if (made.third === null) return { files, named: generation === 'v1' ? namedOf(files) : [] };
  files['compose.more.yml'] = render([{ name: 'web', entries: made.third }], version, []);
  return { files, named: [...namedOf(files), 'compose.more.yml'] };
}

function namedOf(files: Readonly<Record<string, string>>): string[] {
  return ['compose.yml', 'compose.override.yml'].filter((file) => files[file] !== undefined);
}
