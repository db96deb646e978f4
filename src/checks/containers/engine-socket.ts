/** The Docker Engine's socket is open to more than root and the docker group. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import type { Engine } from '../../facts/workloads/engine.ts';
import type { EngineSocket } from '../../facts/workloads/engine-configuration.ts';
import { enginesFact } from '../../facts/workloads/engine.ts';
import { groupsFact } from '../../facts/workloads/groups.ts';
import type { Evidence } from '../../host/evidence.ts';
import type { FileStat } from '../../host/host.ts';

const messages = {
  others: 'Every account on this machine may open {path} (mode {mode}): that is root without a password.',
  group:
    '{path} belongs to the group {group}, not to docker or root: whoever is in it is root without a password.',
  named:
    '{path} lets {named} in by its access control list: that is root without a password, and no membership of the group docker shows it.',
  owner: '{path} belongs to uid {uid}, not to root: that account is root without a password.',
};
type Judged = Verdict<typeof messages>;

export const engineSocket = defineCheck({
  id: 'engine-socket',
  needs: { engines: enginesFact },
  optional: { groups: groupsFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ engines, groups }) => {
    if (engines.length === 0) return [notApplicable('there is no Docker Engine')];
    const verdicts = engines.flatMap((engine) =>
      engine.sockets.map((socket) => judge(socket, engine, groups)),
    );
    return verdicts.length === 0 ? [notApplicable('the Docker Engine listens on no unix socket')] : verdicts;
  },
});

function judge(
  { path, stat, named }: EngineSocket,
  engine: Engine,
  groups: Evidence<ReadonlyMap<number, string>>,
): Judged {
  if (stat === null) return undetermined(`${path} is not there, or may not be seen`, path);
  const mode = `0${(stat.mode & 0o777).toString(8)}`;
  const evidence = [{ source: path, line: null, excerpt: `${mode} ${String(stat.uid)}:${String(stat.gid)}` }];
  const base = { path, mode };
  // A directory of one user's own, closed to others: pam_systemd(8).
  if (path.startsWith('/run/user/')) return pass(path, ...evidence);
  // connect(2) asks for write permission alone: unix(7).
  if ((stat.mode & 0o002) !== 0) {
    return { outcome: 'fail', message: 'others', subject: path, data: base, evidence };
  }
  // A rootless engine gives nobody more than its own account has.
  if (engine.rootless === true) return pass(path, ...evidence);
  if (stat.uid !== 0 && (stat.mode & 0o200) !== 0) {
    const data = { ...base, uid: stat.uid };
    return { outcome: 'fail', message: 'owner', subject: path, data, evidence };
  }
  if (named.state === 'known' && named.value.length > 0) {
    const data = { ...base, named: named.value.join(', ') };
    return { outcome: 'fail', message: 'named', subject: path, data, evidence };
  }
  const verdict = judgeGroup(path, stat, base, evidence, groups);
  if (named.state === 'known' || verdict.outcome !== 'pass') return verdict;
  const because = `whom the access control list of ${path} lets in was not seen: ${named.detail}`;
  return { ...undetermined(because, path), evidence };
}

function judgeGroup(
  path: string,
  stat: FileStat,
  base: { readonly path: string; readonly mode: string },
  evidence: { readonly source: string; readonly line: null; readonly excerpt: string }[],
  groups: Evidence<ReadonlyMap<number, string>>,
): Judged {
  if (stat.gid === 0 || (stat.mode & 0o020) === 0) return pass(path, ...evidence);
  if (groups.state === 'unknown') {
    return {
      ...undetermined(`whose group ${String(stat.gid)} is was not seen: ${groups.detail}`, path),
      evidence,
    };
  }
  const group = groups.value.get(stat.gid);
  if (group === undefined) {
    const because = `${path} belongs to group ${String(stat.gid)}, which /etc/group does not name; see getent group ${String(stat.gid)}`;
    return { ...undetermined(because, path), evidence };
  }
  if (group === 'docker') return pass(path, ...evidence);
  return { outcome: 'fail', message: 'group', subject: path, data: { ...base, group }, evidence };
}
