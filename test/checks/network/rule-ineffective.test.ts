import { describe, expect, test } from '@jest/globals';
import { ruleIneffective } from '../../../src/checks/network/rule-ineffective.ts';
import type { Exposure } from '../../../src/engine/report.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { exposure, noStopgaps } from '../../harness/exposures.ts';
import { filterTable, rulesetOf } from '../../harness/firewall.ts';
import { workload } from '../../harness/docker-workload.ts';

const web = {
  ...workload('web'),
  publishes: [{ proto: 'tcp', hostAddress: '0.0.0.0', hostPort: 8080, containerPort: 80, active: true }],
};

function judged(rules: readonly string[], over: Partial<Exposure> = {}) {
  const chains = ['-A FORWARD -j DOCKER-USER', '-A FORWARD -j ufw-user-forward', '-j ufw-user-input'];
  return evaluate(ruleIneffective, {
    exposures: [exposure({ workload: 'web', kind: 'published', port: 8080, ...over })],
    workloads: [web],
    stopgaps: noStopgaps,
    ruleset: rulesetOf(filterTable('ip', 'DROP', [...chains, ...rules])),
  });
}

const asked = '-A DOCKER-USER -p tcp -m conntrack --ctorigdstport 8080 --ctdir ORIGINAL -j DROP';

describe('firewall-rule-ineffective', () => {
  test.each<[string, readonly string[]]>([
    ['input', ['-A ufw-user-input -p tcp --dport 8080 -j DROP']],
    ['input', ['-A INPUT -s 10.0.0.7/32 -p tcp -m multiport --dports 80,8080 -j REJECT']],
    ['translated', ['-A DOCKER-USER -p tcp -m tcp --dport 8080 -j DROP']],
    ['translated', ['-A DOCKER-USER -i eth0 -p tcp -m tcp --dport 8080 -j DROP']],
    ['dead', ['-A DOCKER-USER -j RETURN', '-A DOCKER-USER -p tcp -m tcp --dport 80 -j DROP']],
    ['dead', ['-A DOCKER-USER -j RETURN', '-A DOCKER-USER -i eth0 -j DROP']],
    ['late', ['-A ufw-user-forward -j DROP']],
    ['late', ['-A ufw-user-forward -p tcp -m tcp --dport 80 -j DROP']],
  ])('%s: %j', (message, rules) => {
    expect(judged(rules)).toMatchObject([{ outcome: 'fail', message, data: { port: 8080, inside: 80 } }]);
  });

  test.each<[string, readonly string[]]>([
    ['no rule at all', []],
    ['another port', ['-A INPUT -p tcp --dport 9090 -j DROP']],
    ['another protocol', ['-A INPUT -p udp --dport 8080 -j DROP']],
    ['a default, not a port', ['-A INPUT -p tcp --dport 1:65535 -j DROP']],
    ['the port that was asked for', [asked]],
    ['sources that do not get in', ['-A DOCKER-USER -s 192.0.2.0/24 -p tcp --dport 8080 -j DROP']],
    ['an interface that nobody gets in by', ['-A DOCKER-USER -i eth9 -p tcp --dport 8080 -j DROP']],
    ['a ban by fail2ban', ['-A INPUT -j f2b-web', '-A f2b-web -p tcp --dport 8080 -j REJECT']],
  ])('pass: %s', (_, rules) => {
    const from = [
      { interface: 'eth0', scopes: ['lan' as const], sources: ['10.0.0.0/24'], routerNeeded: false },
    ];
    expect(judged(rules, { scope: 'lan', reachableFrom: from })).toMatchObject([{ outcome: 'pass' }]);
  });

  test('a rule for some sources that are excepted already is effective', () => {
    const from = [
      {
        interface: 'eth0',
        scopes: ['lan' as const],
        sources: ['10.0.0.0/24 except 10.0.0.7/32'],
        routerNeeded: false,
      },
    ];
    const rules = ['-A DOCKER-USER -s 10.0.0.7/32 -p tcp --dport 80 -j DROP'];
    expect(judged(rules, { scope: 'lan', reachableFrom: from })).toMatchObject([{ outcome: 'pass' }]);
  });

  test('undetermined where it is not known who gets in', () => {
    expect(judged([], { scope: 'unknown', reachableFrom: [], path: ['run as root'] })).toMatchObject([
      { outcome: 'undetermined', because: 'run as root' },
    ]);
  });

  test.each<[Partial<Exposure>]>([[{ kind: 'socket' }], [{ scope: 'loopback' }], [{ address: '127.0.0.1' }]])(
    'not-applicable for %j',
    (over) => {
      expect(judged([], over)).toMatchObject([{ outcome: 'not-applicable' }]);
    },
  );
});
