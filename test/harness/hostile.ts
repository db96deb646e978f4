import fc from 'fast-check';
import type { Exposure, Finding, Remediation, Report } from '../../src/engine/report.ts';
import { outcomes, scopes } from '../../src/engine/report.ts';
import { layers, severities } from '../../src/engine/rule.ts';
import { sampleFinding, sampleReport } from './sample-report.ts';

/** What an attacker would name a container, a file or a host. */
const nastyTexts = [
  '\u001b[2J\u001b[H',
  '\u001b]8;;http://evil.example\u0007click\u001b]8;;\u0007',
  '\u009b31m',
  '\r\n- [x] all is well',
  '\n\n# 100 of 100',
  '\u202egnp.exe',
  '\u2066\u200b\u200d\ufeff\u2028\u2029',
  '\0',
  '\ud800',
  '| a | b |',
  '\\|',
  '```\n</details><script>alert(1)</script>',
  '``',
  '`a`@b',
  '<img src=x onerror=alert(1)>',
  '[x](javascript:alert(1))',
  '![x](http://evil.example/a.png)',
  '@torvalds',
  'org/repo#123',
  '#1',
  'GH-12',
  'http://evil.example www.evil.example a@b.example',
  'deadbeefcafe',
  '- item',
  '1. item',
  '> quote',
  '    code',
  '---',
  '&lt;b&gt; *a* _b_ ~~c~~ $x$ :smile:',
  '日本語のコンテナ',
  'e\u0301',
  "it's",
  '{subject}',
];

export const hostileText = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .array(fc.oneof(fc.constantFrom(...nastyTexts), fc.string()), { maxLength: 4 })
      .map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: fc.lorem({ maxCount: 30 }) },
);

const texts = fc.array(hostileText, { maxLength: 3 });

const hostileRemediation: fc.Arbitrary<Remediation> = fc.record({
  summary: hostileText,
  commands: texts,
  verify: texts,
  undo: texts,
  snippet: fc.option(hostileText),
  risk: fc.constantFrom('none', 'restart', 'lockout', 'reboot'),
});

const hostileFinding: fc.Arbitrary<Finding> = fc
  .record({
    rule: fc.constantFrom('a-rule', 'b-rule', 'c-rule'),
    layer: fc.constantFrom(...layers),
    severity: fc.constantFrom(...severities),
    outcome: fc.constantFrom(...outcomes),
    title: hostileText,
    subject: hostileText,
    message: fc.option(hostileText),
    waived: fc.option(fc.record({ reason: hostileText, expires: hostileText }), { freq: 8 }),
    evidence: fc.array(
      fc.record({
        source: hostileText,
        line: fc.option(fc.integer({ min: 1 })),
        column: fc.option(fc.integer({ min: 1 })),
        excerpt: fc.option(hostileText),
      }),
      { maxLength: 5 },
    ),
    remediation: fc.option(hostileRemediation),
    references: texts,
  })
  .map((difference) => sampleFinding(difference));

export const hostileExposure: fc.Arbitrary<Exposure> = fc.record({
  service: fc.option(hostileText),
  authentication: fc.constantFrom('proved', 'partial', 'none', 'unknown', null),
  process: fc.option(hostileText),
  workload: fc.option(hostileText),
  kind: fc.constantFrom('socket', 'published', 'container'),
  proto: fc.constantFrom('tcp', 'udp'),
  address: hostileText,
  port: fc.integer({ min: 0, max: 65_535 }),
  scope: fc.constantFrom(...scopes),
  reachableFrom: fc.array(
    fc.record({
      interface: hostileText,
      scopes: fc.subarray(['containers', 'vpn', 'lan', 'any'] as const, { minLength: 1 }),
      sources: texts,
      routerNeeded: fc.boolean(),
    }),
    { maxLength: 2 },
  ),
  path: texts,
  firewallSays: fc.constantFrom('admits', 'refuses', 'unknown', 'not-asked'),
});

/** A report in which every string that a machine can choose is hostile. */
export const hostileReport: fc.Arbitrary<Report> = fc
  .record({
    findings: fc.array(hostileFinding, { maxLength: 12 }),
    exposures: fc.option(fc.array(hostileExposure, { maxLength: 4 })),
    warnings: texts,
    target: fc.record({
      kind: fc.constantFrom('live', 'rootfs', 'snapshot', 'project'),
      name: hostileText,
      os: fc.option(hostileText),
      kernel: fc.option(hostileText),
      privileged: fc.boolean(),
      collectedAt: hostileText,
    }),
    gate: fc.record({
      failOn: fc.constantFrom('critical', 'high', 'medium', 'low', 'never'),
      minScore: fc.option(fc.integer({ min: 0, max: 100 })),
      passed: fc.boolean(),
      reasons: texts,
    }),
  })
  .map((difference) => sampleReport(difference));
