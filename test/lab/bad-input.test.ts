import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { aisec, audit } from './audit.ts';
import type { Box } from './box.ts';
import { bootBox } from './box.ts';
import { outcomesOf } from './expected.ts';
import { describeLab } from './prerequisites.ts';

interface Damage {
  readonly what: string;
  readonly script: string;
  /** Puts it back. */
  readonly undo: string;
  /** Rules that rest on what is damaged: none of them may be called safe. */
  readonly blind: readonly string[];
}

const sshdRules = ['ssh-root-login', 'ssh-password-login', 'ssh-empty-passwords', 'ssh-max-auth-tries'];
const firewallRules = ['firewall-inactive', 'firewall-default-allow', 'docker-bypasses-firewall'];
const noSshd = 'mv /usr/sbin/sshd /usr/sbin/sshd.gone; ';
const sshdBack = 'mv /usr/sbin/sshd.gone /usr/sbin/sshd';
const dropIn = '/etc/ssh/sshd_config.d/10-bad.conf';

/** A program that never answers, in place of one that is asked. */
function hang(program: string): Pick<Damage, 'script' | 'undo'> {
  return {
    script: `mv ${program} ${program}.gone; printf '#!/bin/sh\\nexec sleep 600\\n' >${program}; chmod 755 ${program}`,
    undo: `mv -f ${program}.gone ${program}`,
  };
}

/** Something unreadable for sshd's own parser and for ours. */
function badDropIn(what: string, make: string): Damage {
  return { what, script: `${noSshd}${make}`, undo: `rm -f ${dropIn}; ${sshdBack}`, blind: sshdRules };
}

const damages: readonly Damage[] = [
  badDropIn('a FIFO as a configuration file', `mkfifo ${dropIn}`),
  badDropIn('a configuration file of 64 MiB', `truncate -s 64M ${dropIn}`),
  badDropIn('a loop of symbolic links', `ln -s ${dropIn} ${dropIn}`),
  badDropIn('a directory as a configuration file', `rm -rf ${dropIn}; ln -s / ${dropIn}`),
  {
    what: 'a device as a configuration file',
    script: 'ln -sf /dev/zero /etc/fail2ban/jail.local; ln -sf /dev/zero /etc/docker/daemon.json',
    undo: 'rm /etc/fail2ban/jail.local /etc/docker/daemon.json',
    // Its registries, the engine tells itself.
    blind: ['engine-iptables-off', 'engine-icc'],
  },
  {
    what: 'random bytes in every file that is parsed',
    script: `
      mkdir -p /etc/docker /root/kept
      for file in /etc/ssh/sshd_config /etc/sudoers /etc/fail2ban/jail.local /etc/docker/daemon.json /etc/nginx/nginx.conf \\
        /etc/ufw/user.rules /etc/default/ufw /etc/apt/sources.list /etc/sysctl.conf /etc/systemd/system/ollama.service; do
        if [ -f "$file" ]; then cp -a --parents "$file" /root/kept; fi
        head -c 200000 /dev/urandom >"$file"
      done`,
    undo: `
      rm -f /etc/sudoers /etc/fail2ban/jail.local /etc/docker/daemon.json /etc/systemd/system/ollama.service
      cp -a /root/kept/. /`,
    blind: [],
  },
  { what: 'a firewall that hangs', ...hang('/usr/sbin/nft'), blind: firewallRules },
  { what: 'sshd -T hangs', ...hang('/usr/sbin/sshd'), blind: [] },
  {
    what: 'systemctl hangs',
    ...hang('/usr/bin/systemctl'),
    blind: ['unit-runs-as-root', 'unit-memory-unlimited'],
  },
  {
    what: 'a socket without an engine behind it',
    script:
      'systemctl stop docker.socket docker containerd; rm -f /run/docker.sock; python3 -c "import socket; socket.socket(socket.AF_UNIX).bind(\'/run/docker.sock\')"',
    undo: 'rm -f /run/docker.sock; systemctl start docker',
    blind: ['privileged-container', 'engine-socket-mounted', 'docker-bypasses-firewall'],
  },
  {
    what: 'an engine that never answers',
    script: `
      systemctl stop docker.socket docker; rm -f /run/docker.sock
      setsid python3 -c "
import socket, time
s = socket.socket(socket.AF_UNIX); s.bind('/run/docker.sock'); s.listen(); time.sleep(600)" >/dev/null 2>&1 </dev/null &
      echo $! >/run/silent.pid; sleep 0.5`,
    undo: 'kill $(cat /run/silent.pid); rm -f /run/docker.sock; systemctl start docker',
    blind: ['privileged-container', 'engine-socket-mounted', 'docker-bypasses-firewall'],
  },
];

describeLab('bad input', () => {
  let box: Box;
  beforeAll(async () => {
    box = await bootBox('broken');
    // The cases that take sshd away need an sshd that runs on.
    await box.must('systemctl start ssh');
  });
  afterAll(async () => {
    await box.stop();
  });

  test.each(damages)('$what: an honest answer, soon', async ({ script, undo, blind }) => {
    await box.must(script);
    try {
      const started = performance.now();
      const { report, exitCode, stderr } = await audit(box);
      expect((performance.now() - started) / 1000).toBeLessThan(60);
      expect([0, 1, 3]).toContain(exitCode);
      expect(stderr).not.toMatch(/\n\s+at /);
      const found = outcomesOf(report);
      expect(report.findings.filter(({ outcome }) => outcome === 'error')).toEqual([]);
      expect(blind.filter((rule) => found.get(rule) === 'pass')).toEqual([]);
    } finally {
      await box.run(undo);
    }
  });

  test('arguments that make no sense are refused in one sentence', async () => {
    for (const args of [
      '--format xml',
      '--fail-on worst',
      '--rule no-such-rule',
      '--snapshot /etc',
      '--root /etc/passwd',
    ]) {
      const { exitCode, stdout, stderr } = await box.run(`cd /; ${aisec} audit ${args}`);
      expect({ args, exitCode, stdout }).toEqual({ args, exitCode: 2, stdout: '' });
      expect(stderr.trim()).not.toBe('');
      expect(stderr).not.toMatch(/\n\s+at /);
    }
  });
});
