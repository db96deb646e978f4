import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parse } from 'yaml';
import { resolveComposeProject } from '../../src/facts/compose/project.ts';
import { directoryHost } from '../../src/host/directory.ts';
import { command } from './command.ts';
import type { Program } from './compose-program.ts';
import { composeV1, composeV2 } from './compose-program.ts';
import type { Generation } from './compose-fields.ts';
import type { ComposeFiles } from './compose-projects.ts';
import { composeProject } from './compose-projects.ts';
import { oursOf, theirsOf } from './compose-said.ts';

const wanted = process.env.AISEC_LAB_RUNS;
const runs = { v1: Number(wanted ?? 60), v2: Number(wanted ?? 400) } as const;

describeProgram('Docker Compose v2', composeV2(), 'v2');
describeProgram('docker-compose 1.29', composeV1(), 'v1');

/** Random projects, resolved by the program and by us. */
function describeProgram(name: string, program: Program, generation: Generation): void {
  if ('missing' in program) {
    process.stderr.write(`lab: ${name} skipped: ${program.missing}\n`);
    describe.skip(`${name} (skipped: ${program.missing})`, () => {
      test('agrees', () => undefined);
    });
    return;
  }
  test(`${name} agrees with us on random projects`, async () => {
    const counts = { compared: 0, refused: 0, services: 0 };
    const property = fc.asyncProperty(composeProject(generation), async (project) => {
      await inDirectory(project, async (directory) => {
        const said = await askedOf(program.path, project, directory, generation);
        const resolved = await resolvedHere(project, directory);
        if (said === null) {
          counts.refused += 1;
          return;
        }
        const ours = oursOf(resolved, directory);
        const theirs = theirsOf(said);
        expect(ours).toEqual(theirs);
        expect(resolved.problems).toEqual([]);
        counts.compared += 1;
        counts.services += Object.keys(theirs).length;
      });
    });
    await fc.assert(property, {
      numRuns: runs[generation],
      interruptAfterTimeLimit: 280_000,
    });
    process.stderr.write(`lab: ${name}: ${JSON.stringify(counts)}\n`);
    expect(counts.compared).toBeGreaterThan(counts.refused);
  }, 300_000);
}

async function inDirectory(project: ComposeFiles, use: (directory: string) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'aisec-compose-'));
  // Relative paths may lead out of the project, and stay in what is removed.
  const directory = join(root, 'project');
  try {
    for (const [file, text] of Object.entries(project.files)) {
      await mkdir(dirname(join(directory, file)), { recursive: true });
      await writeFile(join(directory, file), text);
    }
    await use(directory);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** `null` where the program refuses the project. */
async function askedOf(program: string, { named }: ComposeFiles, directory: string, generation: Generation) {
  const files = named.flatMap((file) => ['-f', join(directory, file)]);
  const profiles = generation === 'v1' ? ['--profile', 'p1', '--profile', 'p2'] : ['--profile', '*'];
  const place = ['--project-directory', directory];
  const argv = [
    program,
    ...files,
    ...profiles,
    ...place,
    'config',
    ...(generation === 'v1' ? [] : ['--format', 'json']),
  ];
  const { exitCode, stdout } = await command(['env', '-i', 'PATH=/usr/bin:/bin', ...argv], {
    seconds: 60,
  });
  if (exitCode !== 0) return null;
  return parse(stdout) as Readonly<Record<string, unknown>>;
}

function resolvedHere({ files, named }: ComposeFiles, directory: string) {
  const host = directoryHost('rootfs', '/', new Date(0));
  const found = ['compose.yml', 'compose.override.yml'].filter((file) => files[file] !== undefined);
  const paths = (named.length === 0 ? found : named).map((file) => join(directory, file));
  return resolveComposeProject(host, paths, directory);
}
