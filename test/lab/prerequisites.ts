import { accessSync, constants } from 'node:fs';
import { describe } from '@jest/globals';

const programs = ['debootstrap', 'systemd-nspawn', 'ip', 'ipset', 'nsenter', 'strace', 'bash'];
const directories = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

function missing(): string | null {
  if (process.platform !== 'linux') return 'the lab needs Linux';
  if (process.geteuid?.() !== 0) return 'the lab needs root: it boots systemd-nspawn boxes';
  const absent = programs.filter(
    (name) => !directories.some((directory) => isProgram(`${directory}/${name}`)),
  );
  if (absent.length > 0) {
    return `the lab needs ${absent.join(', ')}: apt-get install debootstrap systemd-container iproute2 ipset strace`;
  }
  return null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A `describe` that says why and skips where no box can be booted. */
export function describeLab(name: string, body: () => void): void {
  const reason = missing();
  if (reason === null) {
    describe(name, body);
    return;
  }
  process.stderr.write(`lab: ${name} skipped: ${reason}\n`);
  describe.skip(`${name} (skipped: ${reason})`, body);
}
