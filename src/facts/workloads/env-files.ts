import { posix } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { defineFact } from '../../engine/fact.ts';
import type { FactReader } from '../../engine/fact.ts';
import type { Evidence } from '../../host/evidence.ts';
import { gapsOf, known, knownInPart, mapEvidence } from '../../host/evidence.ts';
import type { FileStat, Host } from '../../host/host.ts';
import { maskedLiteral, maskedWellKnown } from '../../host/mask.ts';
import { composeLabels } from '../compose/labels.ts';
import { readGitIndex } from '../git-index.ts';
import { projectFilesFact } from '../project-files.ts';
import type { Workload } from './workload.ts';
import { workloadsFact } from './workloads.ts';

/** A file of variables that Compose gives to containers. */
export interface EnvFile {
  readonly path: string;
  /** Variables whose value is a credential that is written out; unknown where it was not read. */
  readonly secrets: Evidence<readonly { readonly name: string; readonly line: number }[]>;
  readonly place:
    | {
        readonly kind: 'machine';
        readonly stat: Evidence<FileStat | null>;
        readonly directories: readonly Directory[];
      }
    /** Whether git keeps it. */
    | { readonly kind: 'project'; readonly tracked: Evidence<boolean> };
}

interface Directory {
  readonly path: string;
  readonly stat: Evidence<FileStat | null>;
}

/**
 * Every `.env` and env_file beside the compose files that running containers name, or in a project. Files that
 * only show which variables there are (`.env.example`) are not among them.
 */
export const envFilesFact = defineFact<readonly EnvFile[]>({
  id: 'env-files',
  kinds: ['live', 'rootfs', 'snapshot', 'project'],
  gather: (host, read) => (host.origin.kind === 'project' ? inProject(host, read) : onMachine(host, read)),
});

async function inProject(host: Host, read: FactReader): Promise<Evidence<readonly EnvFile[]>> {
  const files = await read(projectFilesFact);
  if (files.state === 'unknown') return files;
  const paths = files.value.paths.filter((path) => isEnvFile(posix.basename(path)));
  const index = paths.length === 0 ? null : await readGitIndex(host);
  const found = await Promise.all(
    paths.map(async (path): Promise<EnvFile> => {
      const tracked =
        index === null ? known(false, path) : mapEvidence(index, (isTracked) => isTracked(path));
      return { path, secrets: await secretsIn(host, path), place: { kind: 'project', tracked } };
    }),
  );
  return knownInPart(found, 'the project', files.value.incomplete === null ? [] : [files.value.incomplete]);
}

/** `.env`, `.env.production`, `prod.env`; not what is there to be copied. */
function isEnvFile(name: string): boolean {
  return /^\.env(?:\..+)?$|\.env$/.test(name) && !/example|sample|template|dist|defaults?|schema/i.test(name);
}

async function onMachine(host: Host, read: FactReader): Promise<Evidence<readonly EnvFile[]>> {
  const workloads = await read(workloadsFact);
  if (workloads.state === 'unknown') return workloads;
  const named = await Promise.all(workloads.value.map((workload) => namedBy(host, workload)));
  const paths = [...new Set(named.flatMap((each) => each.paths))].toSorted();
  const found = await Promise.all(paths.map((path) => envFileOn(host, path)));
  const present = found.filter(({ place }) => place.kind === 'machine' && !isAbsent(place.stat));
  return knownInPart(present, 'compose projects', [
    ...gapsOf(workloads),
    ...named.flatMap(({ gaps }) => gaps),
  ]);
}

function isAbsent(stat: Evidence<FileStat | null>): boolean {
  return stat.state === 'known' && stat.value === null;
}

/** `env_file: path`, `env_file: [path, {path: path, required: false}]`; see the Compose specification. */
const Compose = z.object({
  include: z.array(z.unknown()).nullish(),
  services: z
    .record(
      z.string(),
      z
        .object({
          env_file: z
            .union([z.string(), z.array(z.union([z.string(), z.object({ path: z.string() })]))])
            .nullish(),
          extends: z.union([z.string(), z.object({ file: z.string().nullish() })]).nullish(),
        })
        .nullable(),
    )
    .nullish(),
});

/** What Compose read when it made the container, by the labels that it put on it. */
async function namedBy(host: Host, { labels }: Workload): Promise<{ paths: string[]; gaps: string[] }> {
  const { directory, files, environmentFiles } = composeLabels(labels);
  if (directory === null) return { paths: [], gaps: [] };
  const inside = (path: string) => posix.resolve(directory, path);
  const paths = [inside('.env'), ...environmentFiles];
  const gaps: string[] = [];
  for (const file of files.map(inside)) {
    const text = await host.read(file);
    const unseen = `which env_file ${file} names was not seen`;
    if (text.state === 'unknown') gaps.push(`${unseen}: ${text.detail}`);
    else if (text.value === null) gaps.push(`${unseen}: it is gone`);
    else {
      const found = envFilesOf(text.value);
      if (found === null) gaps.push(`${unseen}: it does not parse as a compose file`);
      else if (found.others) gaps.push(`${unseen} in full: what it includes or extends was not read`);
      paths.push(...(found?.named ?? []).map(inside));
    }
  }
  // A path with a variable in it is not followed.
  return { paths: paths.filter((path) => !path.includes('$')), gaps };
}

/** `null` for what is no compose file; `others`: it takes services from other files too. */
function envFilesOf(text: string): { readonly named: readonly string[]; readonly others: boolean } | null {
  let value: unknown;
  try {
    value = parse(text, { merge: true, logLevel: 'silent' });
  } catch {
    return null;
  }
  const compose = Compose.safeParse(value);
  if (!compose.success) return null;
  const services = Object.values(compose.data.services ?? {}).flatMap((service) => service ?? []);
  const named = services.flatMap(({ env_file: each }) =>
    [each ?? []].flat().map((one) => (typeof one === 'string' ? one : one.path)),
  );
  const extended = services.some(
    ({ extends: base }) => typeof base === 'object' && (base?.file ?? null) !== null,
  );
  return { named, others: extended || (compose.data.include ?? []).length > 0 };
}

async function envFileOn(host: Host, path: string): Promise<EnvFile> {
  const parents = path
    .split('/')
    .slice(1, -1)
    .map((_, index, parts) => `/${parts.slice(0, index + 1).join('/')}`);
  const [secrets, stat, directories] = await Promise.all([
    secretsIn(host, path),
    host.stat(path),
    Promise.all(parents.map(async (parent) => ({ path: parent, stat: await host.stat(parent) }))),
  ]);
  return { path, secrets, place: { kind: 'machine', stat, directories } };
}

/** The host masked the values, so what is left is that they were written out. */
async function secretsIn(host: Host, path: string): Promise<EnvFile['secrets']> {
  return mapEvidence(await host.read(path), (text) =>
    (text ?? '').split('\n').flatMap((written, index) => {
      const name = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*[=:]/.exec(written)?.[1];
      const isSecret = written.includes(maskedLiteral) || written.includes(maskedWellKnown);
      return name !== undefined && isSecret ? [{ name, line: index + 1 }] : [];
    }),
  );
}
