import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exposuresAsJson, exposuresAsMarkdown, exposuresForTerminal } from '../../src/reporters/exposures.ts';
import { displayWidth } from '../../src/reporters/wrap.ts';
import { hostileExposure } from '../harness/hostile.ts';
import { sampleExposures } from '../harness/sample-report.ts';

describe('the page of exposures', () => {
  test.each([60, 80, 200])('at %i columns', (width) => {
    expect(
      exposuresForTerminal(sampleExposures, { color: false, width, port: null, whole: true }),
    ).toMatchSnapshot();
  });

  test('as Markdown', () => {
    expect(exposuresAsMarkdown(sampleExposures, { port: null, whole: true })).toMatchSnapshot();
  });

  test('as JSON', () => {
    expect(JSON.parse(exposuresAsJson(sampleExposures))).toEqual({ exposures: sampleExposures });
  });

  test('says of what nothing was found', () => {
    expect(exposuresForTerminal([], { color: false, width: 80, port: null, whole: true })).toBe(
      'Nothing listens.\n',
    );
    expect(exposuresForTerminal([], { color: false, width: 80, port: 22, whole: true })).toBe(
      'Nothing listens on port 22.\n',
    );
    expect(exposuresAsMarkdown([], { port: 22, whole: true })).toBe('Nothing listens on port 22.\n');
  });

  test('does not say that nothing listens where not everything was seen', () => {
    const text = exposuresForTerminal([], { color: false, width: 80, port: 22, whole: false });
    expect(text).toBe('Nothing was seen to listen on port 22; not everything was seen.\n');
  });

  test('shows first what may be reached by anyone', () => {
    const text = exposuresForTerminal(sampleExposures.toReversed(), {
      color: false,
      width: 80,
      port: null,
      whole: true,
    });
    expect(text.indexOf('11434')).toBeLessThan(text.indexOf(':22/'));
    expect(text.indexOf(':22/')).toBeLessThan(text.indexOf('5678'));
  });

  test('of a hostile machine holds no control character, and no line too wide', () => {
    fc.assert(
      fc.property(
        fc.array(hostileExposure, { maxLength: 5 }),
        fc.constantFrom(60, 80, 120, 200),
        (exposures, width) => {
          const text = exposuresForTerminal(exposures, { color: false, width, port: null, whole: true });
          expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
          for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        },
      ),
    );
  });
});
