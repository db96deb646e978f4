import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { Report } from '../../src/engine/report.ts';
import { renderJson } from '../../src/reporters/json.ts';
import { hostileReport } from '../harness/hostile.ts';
import { sampleReport } from '../harness/sample-report.ts';

const schema = JSON.parse(await readFile('schema/report.json', 'utf8')) as object;
const matches = new Ajv2020({ strict: false }).compile(schema);

const textOf = (report: Report) => [...renderJson(report)].join('');

describe('the JSON report', () => {
  test('is what its schema says', () => {
    const parsed: unknown = JSON.parse(textOf(sampleReport()));
    expect(Report.parse(parsed)).toEqual(sampleReport());
    expect([matches(parsed), matches.errors]).toEqual([true, null]);
  });

  test.each([
    ['an unknown key', { surprise: 1 }],
    ['another version', { schema: 'aisec/report/v2' }],
    ['a missing part', { score: undefined }],
  ])('%s is refused by both schemas', (_, difference) => {
    const parsed: unknown = JSON.parse(JSON.stringify({ ...sampleReport(), ...difference }));
    expect(Report.safeParse(parsed).success).toBe(false);
    expect(matches(parsed)).toBe(false);
  });

  test('holds whatever a machine says, unchanged', () => {
    fc.assert(
      fc.property(hostileReport, (report) => {
        const text = textOf(report);
        expect(JSON.parse(text)).toEqual(report);
        expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(matches(JSON.parse(text))).toBe(true);
      }),
    );
  });

  test('is the same text in pieces', () => {
    const [first, ...others] = sampleReport().findings;
    for (const count of [499, 500, 501, 1000, 1001]) {
      const findings = Array.from({ length: count }, (_, index) => ({
        ...(others[index % others.length] ?? first),
        subject: `"findings": [${String(index)}`,
      })) as Report['findings'];
      const report = sampleReport({ findings });
      expect(textOf(report)).toBe(`${JSON.stringify(report, null, 2)}\n`);
    }
  });
});
