import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Report } from '../../src/engine/report.ts';
import type { Audited } from './audit.ts';
import { aisec, audit, prepare } from './audit.ts';
import type { Box } from './box.ts';
import { bootBox } from './box.ts';
import { asExpected, differenceOf, expectedOf, outcomesOf, severeDoubts, unknownRules } from './expected.ts';
import { reachOf, reportedReach } from './exposure.ts';
import { describeLab } from './prerequisites.ts';
import { keepRecording, recording } from './record.ts';
import { effectsOf } from './trace.ts';

/** What must hold of an audit of any box; boxes/NAME.sh makes the box, boxes/NAME.yaml says what it must give. */
export function boxSuite(name: string): void {
  describeLab(`box ${name}`, () => {
    let box: Box;
    let live: Audited;
    const expected = expectedOf(name);

    beforeAll(async () => {
      box = await bootBox(name);
      await prepare(box, name);
      live = await audit(box);
    });
    afterAll(async () => {
      await box.stop();
    });

    test('the findings are those of the box', () => {
      expect(differenceOf(live.report, expected)).toEqual(asExpected);
    });

    test('every rule that the box speaks of exists', () => {
      expect(unknownRules(live.report, expected)).toEqual([]);
    });

    if (expected.severe === 'proved') {
      test('every critical and high rule is proved', () => {
        expect(severeDoubts(live.report, expected)).toEqual([]);
      });
    }

    test('no rule breaks', () => {
      expect(live.report.findings.filter(({ outcome }) => outcome === 'error')).toEqual([]);
    });

    test(`the exit code is ${String(expected.exit)}`, () => {
      expect(live.exitCode).toBe(expected.exit);
    });

    test('what neighbours reach is what the report says', async () => {
      expect(reportedReach(live.report)).toEqual(await reachOf(box));
    });

    test('without root nothing becomes safe', async () => {
      const { report } = await audit(box, { as: 'nobody' });
      expect(becameSafe(live.report, report)).toEqual([]);
      expect(report.score.value ?? 0).toBeLessThanOrEqual(live.report.score.value ?? 0);
      expect(report.target.privileged).toBe(false);
      const blind = [...outcomesOf(report).values()].filter((outcome) => outcome === 'undetermined');
      expect(blind.length).toBeGreaterThan(0);
    });

    test('an audit writes nothing and talks to nobody', async () => {
      expect(await effectsOf(box, 'audit --format json')).toEqual([]);
    });

    test('only the named file is written', async () => {
      const effects = await effectsOf(box, 'audit --format json -o /run/report.json');
      expect(effects.filter((line) => !line.includes('/run/report.json'))).toEqual([]);
      expect(effects).not.toEqual([]);
    });

    test('a snapshot replays to the same findings', async () => {
      const how = `Debian 12 booted in the lab, made by test/lab/boxes/${name}.sh`;
      await box.must(`rm -rf /root/snapshot; ${aisec} collect --how '${how}' -o /root/snapshot`, 120);
      const again = await audit(box);
      const replayed = await audit(box, { args: '--snapshot /root/snapshot' });
      expect(withoutTarget(replayed.report)).toEqual(withoutTarget(again.report));
      expect(replayed.exitCode).toBe(again.exitCode);
      if (recording) await keepRecording(box, '/root/snapshot');
    });
  });
}

/** Rules that fail for root and are proved, or called not applicable, for somebody who sees less. */
function becameSafe(asRoot: Report, asNobody: Report): string[] {
  const seen = outcomesOf(asNobody);
  return [...outcomesOf(asRoot)]
    .filter(
      ([rule, outcome]) => outcome === 'fail' && !['fail', 'undetermined'].includes(seen.get(rule) ?? ''),
    )
    .map(([rule]) => `${rule}: fail as root, ${seen.get(rule) ?? 'absent'} as nobody`);
}

/** Everything but how and when the machine was seen. */
function withoutTarget(report: Report): Report {
  return { ...report, target: { ...report.target, kind: 'snapshot', collectedAt: '' } };
}
