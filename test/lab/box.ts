import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandOutput } from './command.ts';
import { command, must } from './command.ts';
import type { Neighbour } from './neighbour.ts';
import { attachNeighbour } from './neighbour.ts';
import { checkout, labSources } from './paths.ts';

const lab = process.env.AISEC_LAB_DIR ?? '/var/cache/aisec-lab';

/** A booted Debian that is thrown away: nothing done in it outlives it. */
export interface Box {
  /** Host name inside. */
  readonly name: string;
  /** Its init, as this machine numbers it. */
  readonly leader: number;
  /** Whoever else is on its network. */
  readonly neighbour: Neighbour;
  /** Runs a bash script as root inside, given on standard input. */
  run(script: string, seconds?: number): Promise<CommandOutput>;
  /** The same, where failing is an error of the lab. */
  must(script: string, seconds?: number): Promise<string>;
  /** Path, on this machine, of a path inside. */
  path(inside: string): string;
  stop(): Promise<void>;
}

/** Builds the root once, and again when its package list changes. */
export async function debianRoot(): Promise<string> {
  await mkdir(lab, { recursive: true });
  const root = join(lab, 'root');
  const script = join(labSources, 'build-root.sh');
  await must(['flock', join(lab, 'root.lock'), 'sh', script, root], { seconds: 900 });
  return root;
}

/** Boots a box of this host name and gives it a neighbour; about three seconds. */
export async function bootBox(name: string): Promise<Box> {
  const root = await debianRoot();
  await clearStale();
  // Short enough that the link's name, ve-…, fits the kernel's 15 bytes.
  const machine = `aisec-${randomBytes(3).toString('hex')}`;
  const directory = join(lab, 'boxes', machine);
  for (const part of ['up', 'work', 'root', 'docker', 'containerd']) {
    await mkdir(join(directory, part), { recursive: true });
  }
  await writeFile(join(directory, 'owner'), String(process.pid));
  const overlay = `lowerdir=${root},upperdir=${directory}/up,workdir=${directory}/work`;
  await must(['mount', '-t', 'overlay', 'overlay', '-o', overlay, join(directory, 'root')]);
  await writeFile(join(directory, 'root/etc/hostname'), `${name}\n`);
  // Its own copy: a build meanwhile must not change what is being tested.
  await cp(join(checkout, 'dist'), join(directory, 'root/opt/aisec/dist'), { recursive: true });
  try {
    const leader = await boot(machine, directory);
    const run: Box['run'] = (script, seconds) =>
      command(['nsenter', '-t', String(leader), '-a', '/bin/bash', '-s'], {
        input: script,
        ...(seconds === undefined ? {} : { seconds }),
      });
    const box: Box = {
      name,
      leader,
      neighbour: await attachNeighbour(machine, leader),
      run,
      must: async (script, seconds) => {
        const { exitCode, stdout, stderr } = await run(script, seconds);
        if (exitCode === 0) return stdout;
        throw new Error(
          `in ${name} (${String(exitCode)}): ${script.slice(0, 200)}\n${stdout.slice(-2000)}\n${stderr.slice(-4000)}`,
        );
      },
      path: (inside) => join(directory, 'root', inside),
      stop: () => remove(machine),
    };
    return box;
  } catch (error) {
    await remove(machine);
    throw error;
  }
}

/** Starts systemd in the overlay and waits until it offers a login; the number of its init. */
async function boot(machine: string, directory: string): Promise<number> {
  const log = join(directory, 'log');
  const out = openSync(log, 'w');
  const options = [
    `--directory=${directory}/root`,
    `--machine=${machine}`,
    '--register=no',
    '--keep-unit',
    '--network-veth',
    '--capability=all',
    '--system-call-filter=@keyring bpf',
    // Overlay on overlay fails: the engines' own stores are real directories.
    `--bind=${directory}/docker:/var/lib/docker`,
    `--bind=${directory}/containerd:/var/lib/containerd`,
    '--bind-ro=/usr:/opt/host-usr',
    `--bind-ro=${process.execPath}:/opt/node`,
    '--boot',
  ];
  const confine = join(labSources, 'confine.sh');
  const nspawn = spawn(confine, [machine, 'systemd-nspawn', ...options], {
    stdio: ['ignore', out, out],
    detached: true,
  });
  closeSync(out);
  nspawn.unref();
  const pid = String(nspawn.pid);
  await writeFile(join(directory, 'pid'), pid);
  for (let attempt = 0; attempt < 300; attempt++) {
    await sleep(100);
    if (nspawn.exitCode !== null) break;
    if (!(await readFile(log, 'utf8')).includes('login:')) continue;
    const [leader = ''] = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ');
    return Number(leader);
  }
  throw new Error(`${machine} did not boot:\n${(await readFile(log, 'utf8')).slice(-4000)}`);
}

/** Removes what crashed runs left behind: boxes whose owner is gone. */
async function clearStale(): Promise<void> {
  const boxes = join(lab, 'boxes');
  await mkdir(boxes, { recursive: true });
  for (const machine of await readdir(boxes)) {
    if (!/^aisec-[0-9a-f]{6}$/.test(machine)) continue;
    const owner = await readFile(join(boxes, machine, 'owner'), 'utf8').catch(() => '');
    if (owner !== '' && !(await isAlive(Number(owner)))) await remove(machine);
  }
}

async function isAlive(pid: number): Promise<boolean> {
  return readFile(`/proc/${String(pid)}/stat`, 'utf8').then(
    () => true,
    () => false,
  );
}

/** Kills a box and leaves nothing of it: processes, control groups, network, mounts, files. */
async function remove(machine: string): Promise<void> {
  const directory = join(lab, 'boxes', machine);
  const pid = (await readFile(join(directory, 'pid'), 'utf8').catch(() => '')).trim();
  const commandLine = pid === '' ? '' : await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  if (commandLine.includes(`--machine=${machine}`)) await kill(pid);
  await command(['ip', 'netns', 'delete', machine]);
  await command([
    'find',
    '/sys/fs/cgroup',
    '-depth',
    '-type',
    'd',
    '-path',
    `*/${machine}*`,
    '-exec',
    'rmdir',
    '{}',
    ';',
  ]);
  await command(['umount', '--lazy', join(directory, 'root')]);
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}

async function kill(nspawn: string): Promise<void> {
  const children = await readFile(`/proc/${nspawn}/task/${nspawn}/children`, 'utf8').catch(() => '');
  // The end of its init is the end of every process in the box.
  for (const leader of children.trim().split(' ').filter(Boolean)) process.kill(Number(leader), 'SIGKILL');
  for (let attempt = 0; attempt < 50 && (await isAlive(Number(nspawn))); attempt++) await sleep(100);
}
