/** The running sshd has not read its configuration since it changed. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, pass, undetermined } from '../../engine/check.ts';
import type { SshdServer } from '../../facts/sshd/server.ts';
import { sshdFact } from '../../facts/sshd/sshd.ts';
import { eachServer } from './sshd-scope.words.ts';

const messages = {
  stale: '`{name}` runs on an older configuration: {paths} changed after it was read.',
};

export const sshdDrift = defineCheck({
  id: 'sshd-drift',
  needs: { sshd: sshdFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ sshd }) => eachServer(sshd, judge),
});

function judge({ name, kind, drift, unit, tree }: SshdServer): Verdict<typeof messages> {
  if (kind === 'socket' || kind === 'file' || kind === 'fragment') {
    const because =
      kind === 'socket' ? `${name} is started anew at the next connection` : `${name} is a file`;
    return { outcome: 'not-applicable', subject: name, because };
  }
  if (drift.state === 'unknown') return undetermined(drift.detail, name);
  const { changed, loadedAt, reloadSeen } = drift.value;
  const read = new Date(loadedAt * 1000).toISOString();
  if (changed.length === 0) return pass(name, { source: drift.source, line: null, excerpt: `read ${read}` });
  if (!reloadSeen) {
    const first = changed[0]?.path ?? '';
    const because = `${first} changed after ${name} started; it keeps no PID file that would show a reload`;
    return undetermined(because, name);
  }
  const paths = changed.map(({ path }) => path).join(', ');
  const evidence = changed.map(({ path, mtime }) => {
    const excerpt = `changed ${new Date(mtime * 1000).toISOString()}, read ${read}`;
    return { source: path, line: null, excerpt };
  });
  const data = { name, paths, config: tree.file, ...(unit === null ? {} : { unit }) };
  return { outcome: 'fail', message: 'stale', subject: name, data, evidence };
}
