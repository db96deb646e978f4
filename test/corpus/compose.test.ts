import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { factReader } from '../../src/engine/fact.ts';
import { composeFact } from '../../src/facts/compose/compose.ts';
import { resolveComposeProject } from '../../src/facts/compose/project.ts';
import type { Workload } from '../../src/facts/workloads/workload.ts';
import { directoryHost } from '../../src/host/directory.ts';
import { gapsOf } from '../../src/host/evidence.ts';
import { maskSecrets } from '../../src/host/mask.ts';
import { composeIn, projectHost } from '../harness/compose.ts';

/** A folder of real files with hand-written labels; it is no part of the project. */
const corpus = process.env.AISEC_CORPUS;

if (corpus === undefined) {
  process.stderr.write('corpus: skipped: AISEC_CORPUS names no folder of real files\n');
  describe.skip('compose files of the corpus (skipped: AISEC_CORPUS is not set)', () => {
    test('are read', () => undefined);
  });
} else {
  readFiles(corpus);
  readLabels(corpus);
}

/** Alone, some lack the file that they refine or include: then that is said. */
function readFiles(root: string): void {
  const files = readdirSync(join(root, 'compose'));
  test.each(files)('%s gives services, or says why not', async (file) => {
    const evidence = await composeIn({
      '/compose.yml': maskSecrets(readFileSync(join(root, 'compose', file), 'utf8')),
    });
    const services = evidence.state === 'known' ? evidence.value : [];
    expect(services.length + gapsOf(evidence).length).toBeGreaterThan(0);
    for (const gap of gapsOf(evidence)) expect(gap).toMatch(/is not there|neither an image nor a build/);
  });

  test.each(readdirSync(join(root, 'sets')))('the set %s is read', async (set) => {
    const host = directoryHost('project', join(root, 'sets', set), new Date(0));
    const evidence = await factReader(host)(composeFact);
    expect(evidence.state).toBe('known');
    for (const gap of gapsOf(evidence)) expect(gap).toMatch(/is not there|neither an image nor a build/);
  });
}

interface Label {
  readonly image?: { readonly ref: string | null; readonly line: string };
  readonly published?: readonly string[];
  readonly privileged?: { readonly value: boolean; readonly line: string };
  readonly network_mode?: { readonly value: string };
  readonly mem_limit?: { readonly value: string };
  readonly cpu_limit?: { readonly value: string };
  readonly cap_add?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly devices?: readonly string[];
  readonly sensitive_mounts?: readonly string[];
  readonly gpu?: { readonly value?: null } | null;
  readonly healthcheck?: { readonly set: boolean };
}

/** Files that count only with others of their set. */
const inSets: Readonly<Record<string, readonly [set: string, ...files: string[]]>> = {
  'speaches-ai__speaches__compose.cuda-cdi.yaml': ['speaches-ai__speaches', 'compose.cuda-cdi.yaml'],
  'coleam00__local-ai-packaged__docker-compose.override.private.yml': [
    'coleam00__local-ai-packaged',
    ...['docker-compose.yml', 'docker-compose.override.private.yml'],
  ],
};

function readLabels(root: string): void {
  const labels = readdirSync(join(root, 'labels')).filter((file) => file.startsWith('compose__'));
  test.each(labels)('%s', async (file) => {
    const label = parse(readFileSync(join(root, 'labels', file), 'utf8')) as {
      readonly file: string;
      readonly services: Readonly<Record<string, Label>>;
    };
    const services = await servicesOf(root, label.file);
    for (const [name, expected] of Object.entries(label.services)) {
      const found = services.get(name);
      if (found === undefined) throw new Error(`there is no service ${name}`);
      const wanted = wantedOf(expected);
      const all = saidOf(found, expected);
      // What a label does not say is not compared.
      const said = Object.fromEntries(Object.keys(wanted).map((key) => [key, all[key]]));
      expect({ name, ...said }).toEqual({ name, ...wanted });
    }
  });
}

async function servicesOf(root: string, file: string): Promise<ReadonlyMap<string, Workload>> {
  const [set, ...files] = inSets[basename(file)] ?? [];
  if (set !== undefined) {
    const host = directoryHost('project', join(root, 'sets', set), new Date(0));
    return (
      await resolveComposeProject(
        host,
        files.map((each) => `/${each}`),
        '/',
      )
    ).services;
  }
  const path = join(root, file);
  if (!existsSync(path)) throw new Error(`${path} is not there`);
  const host = await projectHost({ '/compose.yml': maskSecrets(readFileSync(path, 'utf8')) });
  return (await resolveComposeProject(host, ['/compose.yml'], '/')).services;
}

type Said = Record<string, unknown>;

/** What a label says, in the words of {@link saidOf}; a published range or variable stays as it is written there. */
function wantedOf(label: Label): Said {
  const published = label.published?.map((text) => firstWord(text).replace(/<\w+>/, '0')).toSorted();
  // A file that only refines another is labelled by what it adds.
  if (label.image === undefined) return { published };
  const line = (text: string) => /\bL(\d+)/.exec(text)?.[1];
  return {
    ...(label.image.ref === null
      ? {}
      : { image: firstWord(label.image.ref), imageLine: line(label.image.line) }),
    ...(label.published === undefined
      ? {}
      : { published: label.published.map((text) => firstWord(text).replace(/<\w+>/, '0')).toSorted() }),
    privileged: label.privileged?.value ?? false,
    ...(label.privileged === undefined ? {} : { privilegedLine: line(label.privileged.line) }),
    hostNetwork: label.network_mode?.value === 'host',
    limits: [sizeOf(label.mem_limit?.value), Number(label.cpu_limit?.value ?? 0)],
    capAdd: (label.cap_add ?? []).map(firstWord),
    capDrop: (label.cap_drop ?? []).map(firstWord),
    devices: (label.devices ?? []).map(firstWord),
    ...(label.gpu === undefined ? {} : { gpu: label.gpu !== null && label.gpu.value !== null }),
    ...(label.healthcheck === undefined ? {} : { healthcheck: label.healthcheck.set }),
    // A variable's value in somebody's environment is not in the file.
    mounts: (label.sensitive_mounts ?? [])
      .filter((text) => !text.startsWith('$'))
      .map((text) => `${firstWord(text)} ${/ (ro|rw)\b/.exec(text)?.[1] ?? 'rw'} ${line(text) ?? ''}`)
      .toSorted(),
  };
}

function saidOf(workload: Workload, label: Label): Said {
  const { places, limits } = workload;
  const lineOf = (key: string) => places.get(key)?.line.toString();
  const ipv4 = workload.publishes.filter(({ hostAddress }) => hostAddress !== '::');
  const labelled = new Set((label.sensitive_mounts ?? []).map((text) => text.split(' ')[0]));
  return {
    image: workload.image.reference,
    imageLine: lineOf('image'),
    published: ipv4
      .map(
        (each) => `${each.hostAddress}:${String(each.hostPort)}->${String(each.containerPort)}/${each.proto}`,
      )
      .toSorted(),
    privileged: workload.privileged,
    privilegedLine: lineOf('privileged'),
    hostNetwork: workload.namespaces.network === 'host',
    limits: [limits.memoryBytes ?? 0, limits.cpus ?? 0],
    capAdd: workload.capAdd,
    capDrop: workload.capDrop,
    devices: workload.devices.map(({ host }) => host),
    gpu: workload.gpu !== null,
    healthcheck: workload.healthcheck === 'set',
    mounts: workload.mounts
      .filter(({ source }) => labelled.has(source))
      .map(
        ({ source, target, writable }) =>
          `${source} ${writable ? 'rw' : 'ro'} ${lineOf(`mounts ${target}`) ?? ''}`,
      )
      .toSorted(),
  };
}

function firstWord(text: string): string {
  return text.split(' ')[0] ?? '';
}

function sizeOf(text = '0'): number {
  const [, amount = '0', unit = ''] = /^([\d.]+)([KMG]?)/i.exec(text) ?? [];
  return Number(amount) * 1024 ** ['', 'K', 'M', 'G'].indexOf(unit.toUpperCase());
}
