import { describe, expect, test } from '@jest/globals';
import { ufwShadowedRule } from '../../../src/checks/network/ufw-shadowed-rule.ts';
import { unknown } from '../../../src/host/evidence.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { configurationOf, ufwFiles } from '../../harness/firewall.ts';

const any = '0.0.0.0/0';

describe('ufw-shadowed-rule', () => {
  test.each([
    ['pass', `allow tcp 22 ${any} any 10.0.0.5 in`, `deny tcp 22 ${any} any ${any} in`],
    ['pass', `allow tcp 22 ${any} any ${any} in`, `allow udp 22 ${any} any ${any} in`],
    ['pass', `allow tcp 22 ${any} any ${any} in_eth1`, `deny tcp 22 ${any} any ${any} in`],
    ['pass', `allow tcp 22 ${any} any ${any} in`, `deny tcp 22 ${any} any ${any} out`],
    ['pass', `route:allow tcp 22 ${any} any ${any} in`, `deny tcp 22 ${any} any ${any} in`],
    ['overridden', `allow tcp 22 ${any} any ${any} in`, `deny tcp 22 ${any} any 10.0.0.5 in`],
    ['overridden', `allow any 22 ${any} any ${any} in`, `deny tcp 22 ${any} any ${any} in_eth0`],
    ['overridden', `allow any any ${any} any 10.0.0.0/8 in`, `reject tcp 80,443 ${any} any 10.1.0.0/16 in`],
    [
      'redundant',
      `allow tcp 8000:8010 ${any} any ${any} in`,
      `allow tcp 8005 ${any} any ${any} in comment=616263`,
    ],
    [
      'redundant',
      `allow tcp 80,443 ${any} any ${any} Nginx%20Full - in`,
      `allow tcp 80 ${any} any ${any} in`,
    ],
  ])('%s: %s, %s', async (expected, ...tuples) => {
    const configuration = await configurationOf(
      ufwFiles({ rules: tuples.map((tuple) => `### tuple ### ${tuple}`) }),
    );
    const [verdict] = evaluate(ufwShadowedRule, { configuration });
    const wanted = expected === 'pass' ? { outcome: 'pass' } : { outcome: 'fail', message: expected };
    expect(verdict).toMatchObject(wanted);
  });

  test('names the rule in words that ufw takes', async () => {
    const rules = [
      `### tuple ### allow any any ${any} any ${any} in`,
      `### tuple ### deny tcp 22 ${any} any 10.0.0.5 in_eth0`,
    ];
    const [verdict] = evaluate(ufwShadowedRule, {
      configuration: await configurationOf(ufwFiles({ rules })),
    });
    expect(verdict).toMatchObject({
      data: { rule: 'deny in on eth0 proto tcp from 10.0.0.5 to any port 22' },
    });
  });

  test('not-applicable without UFW, undetermined where its rules may not be read', async () => {
    const without = await configurationOf({});
    expect(evaluate(ufwShadowedRule, { configuration: without })[0]).toMatchObject({
      outcome: 'not-applicable',
    });
    const denied = { ...without, ufw: unknown('denied', 'not root', 'x') };
    expect(evaluate(ufwShadowedRule, { configuration: denied })[0]).toMatchObject({
      outcome: 'undetermined',
    });
  });
});
