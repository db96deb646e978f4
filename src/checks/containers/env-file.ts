/** A file of variables with credentials can be read by others, or is kept in git. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import type { EnvFile } from '../../facts/workloads/env-files.ts';
import { envFilesFact } from '../../facts/workloads/env-files.ts';

const messages = {
  readable: '{path} holds {names}, and every account on this machine may read it (mode {mode}).',
  tracked:
    '{path} holds {names}, and git keeps it: whoever has a copy of the repository has them, also after they are deleted.',
};
type Judged = Verdict<typeof messages>;

export const envFile = defineCheck({
  id: 'env-file',
  needs: { files: envFilesFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ files }) =>
    files.length === 0
      ? [notApplicable('no .env or env_file of a compose project was found')]
      : files.map(judge),
});

function judge({ path, secrets, place }: EnvFile): Judged {
  if (secrets.state === 'unknown')
    return undetermined(`what ${path} holds was not seen: ${secrets.detail}`, path);
  const [first] = secrets.value;
  if (first === undefined)
    return pass(path, { source: path, line: null, excerpt: 'no credential written out' });
  const evidence = secrets.value.map(({ name, line }) => ({
    source: path,
    line,
    excerpt: `${name}=<masked>`,
  }));
  const names = [...new Set(secrets.value.map(({ name }) => name))].join(', ');
  return place.kind === 'project'
    ? judgeTracked(path, names, place.tracked, evidence)
    : judgeReadable(path, names, place, evidence);
}

type Evidence = NonNullable<Extract<Judged, { outcome: 'fail' }>['evidence']>;

function judgeTracked(
  path: string,
  names: string,
  tracked: Extract<EnvFile['place'], { kind: 'project' }>['tracked'],
  evidence: Evidence,
): Judged {
  if (tracked.state === 'unknown') {
    const because = `${path} holds ${names}, and whether git keeps it is not known (${tracked.detail}); see git ls-files`;
    return { ...undetermined(because, path), evidence };
  }
  if (!tracked.value)
    return pass(path, { source: '/.git/index', line: null, excerpt: `${path} is not tracked` });
  return {
    outcome: 'fail',
    message: 'tracked',
    subject: path,
    data: { path, file: path.slice(1), names },
    evidence,
  };
}

function judgeReadable(
  path: string,
  names: string,
  { stat, directories }: Extract<EnvFile['place'], { kind: 'machine' }>,
  evidence: Evidence,
): Judged {
  if (stat.state === 'unknown' || stat.value === null) {
    const detail = stat.state === 'unknown' ? stat.detail : 'it is gone';
    return {
      ...undetermined(`who may read ${path}, which holds ${names}, was not seen: ${detail}`, path),
      evidence,
    };
  }
  const mode = `0${(stat.value.mode & 0o777).toString(8)}`;
  const seen = { source: path, line: null, excerpt: `mode ${mode}` };
  if ((stat.value.mode & 0o004) === 0) return pass(path, seen);
  const closed = directories.find(
    (each) => each.stat.state === 'known' && ((each.stat.value?.mode ?? 0) & 0o001) === 0,
  );
  if (closed !== undefined)
    return pass(path, seen, { source: closed.path, line: null, excerpt: 'closed to others' });
  if (directories.some((each) => each.stat.state === 'unknown')) {
    const because = `${path} (mode ${mode}) holds ${names}, and whether its directory is closed to others was not seen`;
    return { ...undetermined(because, path), evidence };
  }
  return {
    outcome: 'fail',
    message: 'readable',
    subject: path,
    data: { path, names, mode },
    evidence: [seen, ...evidence],
  };
}
