/** A Dockerfile installs Python packages without saying what must be in them. */
import * as z from 'zod';
import type { Citation, Verdict } from '../../engine/check.ts';
import { defineCheck } from '../../engine/check.ts';
import type { Invocation } from '../../facts/dockerfiles/commands.ts';
import type { Companion, ReadDockerfile, Stage, Step } from '../../facts/dockerfiles/dockerfile.ts';
import { dockerfilesFact } from '../../facts/dockerfiles/dockerfiles.ts';
import {
  citeInstruction,
  eachDockerfile,
  fileData,
  mostCited,
  pipelinesIn,
  settle,
} from '../../facts/dockerfiles/each-dockerfile.ts';
import { companionFor } from '../../facts/dockerfiles/companion.ts';

const messages = {
  unhashed:
    '`{file}` installs {packages} without hashes: the index, or who takes a package over, decides what code is in the image.',
};

export const dockerfilePip = defineCheck({
  id: 'dockerfile-pip',
  needs: { dockerfiles: dockerfilesFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ dockerfiles }) =>
    eachDockerfile<typeof messages>(dockerfiles, (file) => {
      const { ran, doubts } = pipelinesIn(file, ['run']);
      const unhashed: { readonly wanted: readonly string[]; readonly cited: Citation }[] = [];
      const guarded = guardedSteps(file);
      for (const each of ran) {
        if (guarded.has(each.step)) continue;
        for (const invocation of each.pipeline) {
          const wanted = unhashedIn(file, invocation, dockerfiles.companions);
          if (wanted === null) continue;
          unhashed.push({ wanted, cited: citeInstruction(file, each.step.instruction, invocation.at) });
        }
      }
      return settle(file, unhashed.length === 0 ? [] : [failure(file, unhashed)], doubts);
    }),
});

function failure(
  file: ReadDockerfile,
  unhashed: readonly { readonly wanted: readonly string[]; readonly cited: Citation }[],
): Verdict<typeof messages> {
  const names = [...new Set(unhashed.flatMap(({ wanted }) => wanted))];
  const more = names.length > 5 ? ` and ${String(names.length - 5)} more` : '';
  const packages = names.length === 0 ? 'Python packages' : `${names.slice(0, 5).join(', ')}${more}`;
  const evidence = unhashed.slice(0, mostCited).map(({ cited }) => cited);
  return {
    outcome: 'fail',
    message: 'unhashed',
    subject: file.name,
    data: { ...fileData(file), packages },
    evidence,
  };
}

/** Options of pip and uv whose value is the next word. */
const valued =
  /^(?:-[cefirt]|--(?:constraint|editable|find-links|index-url|extra-index-url|requirement|requirements|target|prefix|root|platform|python|python-version|implementation|abi|src|upgrade-strategy|config-settings?|global-option|build-option|no-binary|only-binary|progress-bar|report|log|proxy|retries|timeout|exists-action|trusted-host|cert|client-cert|cache-dir|index|default-index|index-strategy|torch-backend|resolution|prerelease|link-mode|extra|group|override|overrides|build-constraint|refresh-package|upgrade-package|reinstall-package|exclude-newer|allow-insecure-host))$/;

const required = 'PIP_REQUIRE_HASHES=';

interface Install {
  readonly requirements: readonly string[];
  readonly files: readonly string[];
  readonly flags: readonly string[];
}

/** What it installs without proof; `null` when it installs nothing, or nothing unproved. */
function unhashedIn(
  file: ReadDockerfile,
  invocation: Invocation,
  companions: readonly Companion[],
): readonly string[] | null {
  const install = installOf(invocation);
  if (install === null) return null;
  const { requirements, files, flags } = install;
  if (flags.includes('--require-hashes') || flags.includes('--no-index')) return null;
  if (
    invocation.assignments.some(({ text }) => text.startsWith(required) && isOn(text.slice(required.length)))
  )
    return null;
  const hashed = (path: string) => companionFor(companions, file.path, path)?.holds?.hashes === true;
  // One hash in a requirements file makes pip demand one for everything.
  if (files.some(hashed)) return null;
  const proved = requirements.every((each) => isProved(each)) && files.length === 0;
  if (proved && (flags.includes('--no-deps') || requirements.length === 0)) return null;
  return [...files, ...requirements];
}

function installOf({ program, args }: Invocation): Install | null {
  const isUv = program === 'uv';
  if (!isUv && !/^pip(?:[\d.]+)?$/.test(program)) return null;
  const texts = args.map(({ text }) => text);
  let at = 0;
  if (isUv) {
    at = texts.indexOf('pip') + 1;
    if (at === 0) return null;
  }
  while (texts[at]?.startsWith('-') === true) at += valued.test(texts[at] ?? '') ? 2 : 1;
  if (!['install', 'wheel', 'download'].includes(texts[at] ?? '')) return null;
  const install = { requirements: [] as string[], files: [] as string[], flags: [] as string[] };
  for (at += 1; at < texts.length; at++) {
    const text = texts[at] ?? '';
    const [, flag = '', value] = /^(--?[A-Za-z][\w-]*)(?:=(.*))?$/s.exec(text) ?? [];
    if (flag === '') {
      const attached = /^-r(.+)$/.exec(text)?.[1];
      if (attached !== undefined) install.files.push(attached);
      else install.requirements.push(text);
      continue;
    }
    install.flags.push(flag);
    const given = value ?? (valued.test(flag) ? (texts[(at += 1)] ?? '') : '');
    if (/^(?:-r|--requirements?)$/.test(flag)) install.files.push(given);
    else if (/^(?:-e|--editable)$/.test(flag)) install.requirements.push(given);
  }
  return install;
}

/** A hash, a commit, or a path of the image itself. */
function isProved(requirement: string): boolean {
  if (/#(?:.*&)?sha(?:256|384|512)=|--hash=/.test(requirement)) return true;
  if (/^(?:[\w.\[\]-]+\s*@\s*)?git\+.*@[0-9a-f]{40}(?:#|$)/.test(requirement)) return true;
  return /^(?:\.{0,2}\/|\.{1,2}(?:\[|$)|file:)/.test(requirement);
}

function isOn(value: string): boolean {
  return /^(?:1|true|yes|on)$/i.test(value);
}

/** Steps before which PIP_REQUIRE_HASHES is set for good. */
function guardedSteps({ stages }: ReadDockerfile): ReadonlySet<Step> {
  const guarded = new Set<Step>();
  const atEnd = new Map<Stage, boolean>();
  for (const stage of stages) {
    let on = stage.base !== null && atEnd.get(stage.base) === true;
    for (const step of stage.steps) {
      if (on) guarded.add(step);
      if (step.kind !== 'environment' && step.kind !== 'argument') continue;
      const set = step.variables.findLast(({ name }) => name === 'PIP_REQUIRE_HASHES');
      if (set !== undefined) on = isOn(set.value?.text ?? '');
    }
    atEnd.set(stage, on);
  }
  return guarded;
}
