import { cp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writePublished } from './published-rules.mjs';

/**
 * Writes a recorded host with as many containers as asked for: those of a recorded one again and again, each
 * with an id, a name, an address and published ports of its own.
 *
 * @param rules - whether the kernel has Docker's rules for these ports too
 */
export async function writeManyContainers(recorded, directory, count, { rules }) {
  await cp(recorded, directory, { recursive: true });
  const commands = join(directory, 'commands');
  const calls = [];
  for (const name of (await readdir(commands)).filter((each) => each.endsWith('.json'))) {
    const { path = '' } = JSON.parse(await readFile(join(commands, name), 'utf8'));
    calls.push({ file: join(commands, name.replace(/\.json$/, '')), path });
  }
  const listed = calls.find(({ path }) => path.startsWith('/containers/json'));
  const inspects = calls.filter(({ path }) => /^\/containers\/[0-9a-f]+\/json$/.test(path));
  const templates = [];
  for (const { file } of inspects) {
    templates.push(JSON.parse(await readFile(`${file}.out`, 'utf8')));
    await rm(`${file}.out`);
    await rm(`${file}.json`);
  }
  const socket = JSON.parse(await readFile(`${listed.file}.json`, 'utf8')).socket;
  const list = [];
  const published = [];
  for (let n = 0; n < count; n += 1) {
    const inspect = copyOf(templates[n % templates.length], n);
    list.push({ Id: inspect.Id, Names: [inspect.Name] });
    published.push(...portsOf(inspect));
    const file = join(commands, `container-${n}`);
    await writeFile(
      `${file}.json`,
      JSON.stringify({ socket, path: `/containers/${inspect.Id}/json`, status: 200 }),
    );
    await writeFile(`${file}.out`, JSON.stringify(inspect));
  }
  await writeFile(`${listed.file}.out`, JSON.stringify(list));
  if (rules) await writePublished(directory, published);
}

/** What Docker leads to a running container of its default bridge. */
function portsOf({ State, HostConfig, NetworkSettings }) {
  const address = NetworkSettings.Networks?.bridge?.IPAddress;
  if (!State.Running || !address) return [];
  return Object.entries(HostConfig.PortBindings ?? {}).flatMap(([port, bindings]) => {
    const [inside, proto] = port.split('/');
    return (bindings ?? []).map(({ HostIp, HostPort }) => ({
      proto,
      on: HostIp === '0.0.0.0' ? '' : HostIp,
      outside: Number(HostPort),
      inside: Number(inside),
      address,
    }));
  });
}

function copyOf(template, n) {
  const inspect = structuredClone(template);
  inspect.Id = n.toString(16).padStart(64, '0');
  inspect.Name = `${template.Name}-${n}`;
  if (inspect.State.Pid > 0) inspect.State.Pid = 100_000 + n;
  for (const network of Object.values(inspect.NetworkSettings.Networks ?? {})) {
    if (network.IPAddress) network.IPAddress = `172.17.${1 + (n >> 8)}.${n & 255}`;
  }
  for (const ports of [inspect.HostConfig.PortBindings, inspect.NetworkSettings.Ports]) {
    for (const bindings of Object.values(ports ?? {})) {
      for (const binding of bindings ?? []) binding.HostPort = String(10_000 + n);
    }
  }
  return inspect;
}
