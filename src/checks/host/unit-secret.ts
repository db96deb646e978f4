/** A credential is written into a unit, where every local user can read it. */
import * as z from 'zod';
import type { Citation, Verdict } from '../../engine/check.ts';
import { defineCheck, pass, undetermined } from '../../engine/check.ts';
import type { FileAccess } from '../../facts/units/access.ts';
import { unitAccessFact } from '../../facts/units/access.ts';
import { eachUnit } from '../../facts/units/each-unit.ts';
import type { Unit } from '../../facts/units/unit.ts';
import { unitsFact } from '../../facts/units/units.ts';
import type { Evidence } from '../../host/evidence.ts';

const messages = {
  environment:
    '`{unit}` has the credential {name} written out in {file}: `systemctl show` tells it to every local user.',
  argument:
    '`{unit}` has a credential written out in ExecStart= ({file}): `systemctl show` and the process list tell it to every local user.',
  file: '`{unit}` reads the credential {name} from {file}, which every local user can read.',
};

export const unitSecret = defineCheck({
  id: 'unit-secret',
  needs: { units: unitsFact },
  optional: { access: unitAccessFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ units, access }) =>
    eachUnit<typeof messages>(units, [], (unit) => {
      const files =
        access.state === 'known'
          ? access.value.units.find((each) => each.unit === unit.name)?.environmentFiles
          : [];
      const found = [...inArguments(unit), ...inEnvironment(unit, files ?? [], access)];
      if (found.some(({ outcome }) => outcome === 'fail')) return found;
      if (unit.unseen !== null) return [undetermined(`${unit.unseen}: it may hold a credential`, unit.name)];
      // The manager tells the variables of an unread unit file, but not which files it reads more from.
      const hidden = unit.unread.filter((path) => unit.files.includes(path));
      if (hidden.length > 0) {
        const because = `${hidden.join(', ')} could not be read: it may name files with credentials; run as root`;
        return [undetermined(because, unit.name)];
      }
      const [unclear] = unit.unreadable;
      if (unclear !== undefined) return [undetermined(`${unclear}: it may hold a credential`, unit.name)];
      // Who else can read a file that the audit may not read is known all the same: not everybody.
      const citations = unit.files.map((source): Citation => ({ source, line: null, excerpt: null }));
      return found.length > 0 ? found : [pass(unit.name, ...citations)];
    }),
});

/** The host masked what was written out; a path or a variable it left alone. */
function isLiteral(text: string): boolean {
  return text.includes('<masked');
}

function inArguments(unit: Unit): Verdict<typeof messages>[] {
  const command = unit.execStart.find(({ citation }) => isLiteral(citation.excerpt ?? ''));
  if (command === undefined) return [];
  const { citation } = command;
  const data = { ...placesFor(unit), unit: unit.name, file: citation.source };
  return [
    { outcome: 'fail', message: 'argument', subject: `${unit.name} ExecStart`, data, evidence: [citation] },
  ];
}

function inEnvironment(
  unit: Unit,
  files: readonly FileAccess[],
  access: Evidence<unknown>,
): Verdict<typeof messages>[] {
  return Object.entries(unit.environment).flatMap(
    ([name, { value, source, line }]): Verdict<typeof messages>[] => {
      if (!isLiteral(value)) return [];
      const subject = `${unit.name} ${name}`;
      const evidence = [{ source, line, excerpt: `${name}=${value}` }];
      const data = { ...moveData(unit, source), unit: unit.name, name, file: source };
      if (!unit.environmentFiles.includes(source)) {
        return [{ outcome: 'fail', message: 'environment', subject, data, evidence }];
      }
      const file = files.find(({ path }) => path === source) ?? files[unit.environmentFiles.indexOf(source)];
      if (access.state === 'unknown') return [undetermined(access.detail, subject)];
      if (file === undefined || file.stat.state === 'unknown' || file.stat.value === null) {
        return [undetermined(`who may read ${source} is not known`, subject)];
      }
      const { mode } = file.stat.value;
      if (!isReadableByAll(file)) return [];
      const more = { ...data, mode: mode.toString(8) };
      return [{ outcome: 'fail', message: 'file', subject, data: more, evidence }];
    },
  );
}

/** Readable, and every directory on the way may be entered. */
function isReadableByAll({ stat, directories }: FileAccess): boolean {
  if (stat.state === 'unknown' || stat.value === null || (stat.value.mode & 0o004) === 0) return false;
  return directories.every(
    ({ stat: each }) => each.state === 'unknown' || each.value === null || (each.value.mode & 0o001) !== 0,
  );
}

/** Only a file of the administrator's own is edited. */
function moveData(unit: Unit, source: string): Record<string, string> {
  return source.startsWith('/etc/') ? { source, ...placesFor(unit) } : {};
}

function placesFor({ name }: Unit): Record<string, string> {
  const directory = `/etc/systemd/system/${name}.d`;
  return {
    directory,
    dropIn: `${directory}/50-aisec-secrets.conf`,
    secrets: `${directory}/aisec-secrets.env`,
  };
}
