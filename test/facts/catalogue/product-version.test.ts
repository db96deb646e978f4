import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cves } from '../../../src/facts/catalogue/cves.ts';
import { catalogue } from '../../../src/facts/catalogue/catalogue.ts';
import type { AffectedRange } from '../../../src/facts/catalogue/cves.ts';
import { isAffected, parseProductVersion } from '../../../src/facts/catalogue/product-version.ts';
import { fixedVersion, fixedWords, holesOf } from '../../../src/facts/catalogue/vulnerabilities.ts';

const affected = (text: string, ...ranges: AffectedRange[]) => {
  const version = parseProductVersion(text);
  return version === null ? 'no version' : isAffected(version, ranges);
};

describe('parseProductVersion', () => {
  test.each([
    'latest',
    'main',
    'main-abc1234',
    'git-1f2e3d4',
    'cuda',
    'sha-0a1b2c',
    '7f3a2b1',
    'python-3.11',
    // Builds of what, is not known.
    '1.2.3-mybranch',
    '1.2.3-cuda-nightly',
    '1.2.3-f3a2b1c',
    '1.2.3-git20240501',
    '1.2.3-dev-1a2b3c4',
    '',
  ])('%j is none', (tag) => {
    expect(parseProductVersion(tag)).toBeNull();
  });

  test.each([
    ['v0.6.5-cuda', 'dotted', [0, 6, 5], [0, 0]],
    ['0.6.5', 'dotted', [0, 6, 5], [0, 0]],
    ['3.1', 'dotted', [3, 1], [0, 0]],
    ['8.3.0-beta1', 'dotted', [8, 3, 0], [-3, 1]],
    ['1.4.0-rc.3', 'dotted', [1, 4, 0], [-1, 3]],
    ['3.0.0rc0', 'dotted', [3, 0, 0], [-1, 0]],
    ['1.40.3.dev2', 'dotted', [1, 40, 3], [-5, 2]],
    ['0.8.5.post1', 'dotted', [0, 8, 5], [1, 1]],
    ['11.0.6-security-01', 'dotted', [11, 0, 6], [1, 1]],
    ['0.6.5-nightly', 'dotted', [0, 6, 5], [-6, 0]],
    ['0.6.5-nightly.20240501', 'dotted', [0, 6, 5], [-6, 20_240_501]],
    ['1.2.0-canary.3', 'dotted', [1, 2, 0], [-6, 3]],
    ['1.2.0-SNAPSHOT', 'dotted', [1, 2, 0], [-6, 0]],
    ['1.2.0-next.1', 'dotted', [1, 2, 0], [-5, 1]],
    ['1.2.0-edge', 'dotted', [1, 2, 0], [-6, 0]],
    ['1.2.0-exp.2', 'dotted', [1, 2, 0], [-6, 2]],
    ['1.2.0-insiders', 'dotted', [1, 2, 0], [-6, 0]],
    ['1.2.0-M3', 'dotted', [1, 2, 0], [-4, 3]],
    ['0.6.5-stable', 'dotted', [0, 6, 5], [0, 0]],
    ['0.11.0-x86_64', 'dotted', [0, 11, 0], [0, 0]],
    ['0.4.6.post1-cu124', 'dotted', [0, 4, 6], [1, 1]],
    ['24.05-trtllm-python-py3', 'dotted', [24, 5], [0, 0]],
    ['1.1.7-0ubuntu1~22.04.2', 'dotted', [1, 1, 7], [0, 0]],
    ['20.10.25+azure-2', 'dotted', [20, 10, 25], [0, 0]],
    ['1.1.5+ds1-1+deb12u1', 'dotted', [1, 1, 5], [0, 0]],
    ['7.4.1-debian-12-r0', 'dotted', [7, 4, 1], [0, 0]],
    ['7.4-alpine3.20', 'dotted', [7, 4], [0, 0]],
    ['24.05-py3', 'dotted', [24, 5], [0, 0]],
    ['1.32.4-k3s1', 'dotted', [1, 32, 4], [0, 0]],
    ['1.0.0~rc93+ds1', 'dotted', [1, 0, 0], [-1, 93]],
    ['1.6.20~ds1', 'dotted', [1, 6, 20], [0, 0]],
    ['20.10.24+dfsg1', 'dotted', [20, 10, 24], [0, 0]],
    ['RELEASE.2024-01-31T20-20-33Z', 'date', [2024, 1, 31, 20, 20, 33], [0, 0]],
    ['server-cuda-b5662', 'build', [5662], [0, 0]],
  ])('%s', (text, kind, numbers, stage) => {
    expect(parseProductVersion(text)).toEqual({ text, kind, numbers, stage });
  });

  test('takes any text and does not throw', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, end) => {
        expect([true, false, null, 'no version']).toContain(affected(text, { below: end }));
      }),
    );
  });
});

describe('isAffected', () => {
  test.each([
    ['0.1.33', { below: '0.1.34' }, true],
    ['0.1.34', { below: '0.1.34' }, false],
    ['v0.1.34-rocm', { below: '0.1.34' }, false],
    // Before the fix was released.
    ['0.1.34-rc1', { below: '0.1.34' }, true],
    ['0.1.34-nightly', { below: '0.1.34' }, true],
    ['0.1.34', { upTo: '0.1.34' }, true],
    ['0.8.5.post1', { from: '0.5.2', upTo: '0.8.5.post1' }, true],
    ['11.0.6', { from: '11.0.0', below: '11.0.6+security-01' }, true],
    ['11.0.6-security-01', { from: '11.0.0', below: '11.0.6+security-01' }, false],
    ['3.0.0-rc1', { from: '3.0.0', below: '3.1.3' }, true],
    ['2.9.9', { from: '3.0.0', below: '3.1.3' }, false],
    ['1.4.0-rc.2', { from: '1.4.0-rc.1', below: '1.4.0-rc.3' }, true],
    // A tag that is moved: any 3.1.x.
    ['3.1', { from: '3.0.0', below: '3.1.3' }, null],
    ['3.0', { from: '3.0.0', below: '3.1.3' }, true],
    ['3', { below: '2.9.1' }, false],
    ['3', { below: '3.0.0' }, false],
    ['b5661', { below: 'b5662' }, true],
    ['b5662', { below: 'b5662' }, false],
    ['0.5', { below: 'b5662' }, null],
    // Dates and counters say nothing of a product whose versions are small.
    ['20240501', { below: '0.1.34' }, null],
    ['2024.5', { below: '0.1.34' }, null],
    ['RELEASE.2024-01-30T00-00-00Z', { below: 'RELEASE.2024-01-31T20-20-33Z' }, true],
    ['RELEASE.2025-01-30T00-00-00Z', { below: 'RELEASE.2024-01-31T20-20-33Z' }, false],
  ])('%s in %j: %s', (version, range, answer) => {
    expect(affected(version, range)).toBe(answer);
  });

  test('a newer version is never affected where an older one is fixed', () => {
    const part = fc.nat(40);
    fc.assert(
      fc.property(fc.tuple(part, part, part), fc.tuple(part, part, part), (a, b) => {
        const [low, high] = [a, b].toSorted((x, y) => x[0] - y[0] || x[1] - y[1] || x[2] - y[2]);
        if (low === undefined || high === undefined) return;
        const range = { below: '20.20.20' };
        if (affected(low.join('.'), range) === false) expect(affected(high.join('.'), range)).toBe(false);
      }),
    );
  });
});

describe('cves.yaml', () => {
  test.each([
    [
      'portainer',
      'CVE-2026-44848',
      ['2.19.4', '2.33.7', '2.38.0', '2.39.1', '2.40.0'],
      ['2.33.8', '2.39.2', '2.41.0'],
    ],
    ['mongodb', 'CVE-2025-14847', ['6.2.0', '7.3.4', '8.1.0'], ['6.0.27', '7.0.28', '8.0.17', '8.2.3']],
  ])('%s: %s is in the releases between too', (product, cve, held, free) => {
    const holes = cves().products.find(({ id }) => id === product) ?? { vulnerabilities: [] };
    const has = (text: string) => {
      const version = parseProductVersion(text);
      const { open, possible } = version === null ? { open: [], possible: [] } : holesOf(version, holes);
      return [...open, ...possible].some(({ id }) => id === cve);
    };
    expect(held.filter((text) => !has(text))).toEqual([]);
    expect(free.filter(has)).toEqual([]);
  });

  test('is of products that are known, once each', () => {
    const known = new Set(['docker', 'containerd', 'runc', ...catalogue().services.map(({ id }) => id)]);
    const ids = cves().products.map(({ id }) => id);
    expect(ids.filter((id, index) => !known.has(id) || ids.indexOf(id) !== index)).toEqual([]);
  });

  test('has ranges that hold something, and ends that are versions', () => {
    const wrong = cves().products.flatMap(({ vulnerabilities }) =>
      vulnerabilities.flatMap(({ id, affected: ranges }) =>
        ranges
          .filter(({ from, below, upTo }) => {
            const ends = [from, below, upTo].flatMap((each) => each ?? []);
            const first = from ?? (below === undefined ? upTo : undefined);
            const version = first === undefined ? null : parseProductVersion(first);
            const isEmpty = version !== null && isAffected(version, [{ from, below, upTo }]) !== true;
            return isEmpty || ends.some((end) => parseProductVersion(end) === null);
          })
          .map((range) => ({ id, range })),
      ),
    );
    expect(wrong).toEqual([]);
  });

  test('decides no failure from memory or on a condition that is not seen', () => {
    const version = parseProductVersion('0.0.1');
    const found = cves().products.flatMap((product) =>
      version === null ? [] : holesOf(version, product).open,
    );
    expect(found.length).toBeGreaterThan(50);
    expect(
      found.filter(({ confidence, onlyWhen }) => confidence === 'memory' || onlyWhen !== undefined),
    ).toEqual([]);
  });
});

test('fixedVersion is the lowest end behind the version that is in none of the ranges', () => {
  const version = parseProductVersion('1.5.0');
  const hole = (...ranges: AffectedRange[]) => ({
    id: 'x',
    affected: ranges,
    severity: 'high' as const,
    meaning: 'x',
    fixedIn: [],
    confidence: 'primary' as const,
    sources: ['x'],
  });
  expect(version).not.toBeNull();
  if (version === null) return;
  const two = [
    hole({ below: '1.5.2' }, { from: '2.0.0', below: '2.1.0' }),
    hole({ from: '1.0.0', below: '1.10.1' }),
  ];
  expect(fixedVersion(version, two)).toBe('1.10.1');
  expect(fixedVersion(version, [...two, hole({ upTo: '1.5.0' })])).toBe('1.10.1');
  expect(fixedVersion(version, [...two, hole({ from: '1.2.0' })])).toBeNull();
  expect(fixedVersion(version, [hole({ upTo: '1.5.0' })])).toBeNull();
  const branches = hole({ below: '1.5.2' }, { from: '2.0.0', below: '2.1.0' });
  expect(fixedVersion(version, [branches, hole({ below: '2.0.0' })])).toBe('2.1.0');
  expect(fixedVersion(version, [branches])).toBe('1.5.2');
  expect(fixedVersion(version, [])).toBeNull();
  expect(fixedWords(version, [branches])).toBe('in 1.5.2');
  expect(fixedWords(version, [hole({ upTo: '1.5.0' }), hole({ upTo: '1.6.0' })])).toBe(
    'in a version after 1.6.0',
  );
  expect(fixedWords(version, [hole({ from: '1.2.0' })])).toBeNull();
});
