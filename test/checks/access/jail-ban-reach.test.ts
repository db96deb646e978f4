import { describe, expect, test } from '@jest/globals';
import { jailBanReach } from '../../../src/checks/access/jail-ban-reach.ts';
import type { Ban } from '../../../src/facts/fail2ban/jail.ts';
import { everyPort } from '../../../src/facts/fail2ban/ports.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { fail2banWith, jail, stopped } from './jail-fixtures.ts';

const publish = { proto: 'tcp', hostAddress: '0.0.0.0', hostPort: 8443, containerPort: 443, active: true };
const workloads = [{ name: 'proxy', publishes: [publish] }];
const port8443 = [{ from: 8443, to: 8443 }];
const web = (...bans: readonly Ban[]) => jail({ name: 'web', ports: port8443, bans });
const ban = (where: Ban['where'], ports = port8443): Ban => ({ action: 'x', where, ports });

describe('jail-ban-reach', () => {
  test.each([
    ['fail', 'INPUT', web(ban('input'))],
    ['fail', 'INPUT for every port', web(ban('input', [...everyPort]))],
    ['fail', 'DOCKER-USER, by the port before the redirection', web(ban('forward'))],
    ['pass', 'DOCKER-USER, by the container’s port', web(ban('forward', [{ from: 443, to: 443 }]))],
    ['pass', 'DOCKER-USER, every port', web(ban('input'), ban('forward', [...everyPort]))],
    ['pass', 'a route to nowhere', web(ban('everywhere'))],
    ['fail', 'it only reports', web(ban('report'))],
    ['undetermined', 'an action of one’s own', web(ban('unknown'))],
    ['not-applicable', 'the jail protects another port', jail()],
    ['not-applicable', 'a jail for every port', jail({ ports: everyPort })],
    ['not-applicable', 'the jail is off', jail({ ports: port8443, running: false })],
  ])('%s: %s', (outcome, _, each) => {
    expect(evaluate(jailBanReach, { fail2ban: fail2banWith(each), workloads })).toMatchObject([{ outcome }]);
  });

  test('each published port of a jail counts', () => {
    const both = [{ name: 'proxy', publishes: [publish, { ...publish, hostPort: 8444, containerPort: 80 }] }];
    const each = jail({
      name: 'web',
      ports: [{ from: 8443, to: 8444 }],
      bans: [ban('forward', [{ from: 443, to: 443 }])],
    });
    expect(evaluate(jailBanReach, { fail2ban: fail2banWith(each), workloads: both })).toMatchObject([
      { outcome: 'fail', data: { port: 8444 } },
    ]);
  });

  test('a jail whose ports are not known may protect a published one', () => {
    const fail2ban = fail2banWith(jail({ name: 'web', ports: null, bans: [ban('input')] }));
    expect(evaluate(jailBanReach, { fail2ban, workloads })).toMatchObject([{ outcome: 'undetermined' }]);
    expect(evaluate(jailBanReach, { fail2ban, workloads: [] })).toMatchObject([
      { outcome: 'not-applicable' },
    ]);
  });

  test.each([
    ['published on loopback', [{ name: 'proxy', publishes: [{ ...publish, hostAddress: '127.0.0.1' }] }]],
    ['not running', [{ name: 'proxy', publishes: [{ ...publish, active: false }] }]],
    ['no containers', []],
  ])('not-applicable: %s', (_, none) => {
    const verdicts = evaluate(jailBanReach, { fail2ban: fail2banWith(web(ban('input'))), workloads: none });
    expect(verdicts).toMatchObject([{ outcome: 'not-applicable' }]);
  });

  test('not-applicable: fail2ban is down', () => {
    expect(evaluate(jailBanReach, { fail2ban: stopped, workloads })).toMatchObject([
      { outcome: 'not-applicable' },
    ]);
  });
});
