import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Adds to a recorded ruleset what Docker writes for published ports: one rule that leads there, and one that lets through. */
export async function writePublished(directory, ports) {
  const commands = join(directory, 'commands');
  for (const name of (await readdir(commands)).filter((each) => each.endsWith('.json'))) {
    const { argv = [] } = JSON.parse(await readFile(join(commands, name), 'utf8'));
    const add = adders[argv.join(' ')];
    if (add === undefined) continue;
    const file = join(commands, name.replace(/\.json$/, '.out'));
    await writeFile(file, add(await readFile(file, 'utf8'), ports));
  }
}

const adders = {
  'iptables-save': (text, ports) =>
    addedLines(
      addedLines(text, '*nat', '-A DOCKER ', ports.map(natLine)),
      '*filter',
      '-A DOCKER ',
      ports.map(filterLine),
    ),
  'nft -a list ruleset': (text, ports) =>
    addedLines(
      addedLines(text, 'table ip nat {', '\tchain DOCKER {', ports.map(nftNatLine)),
      'table ip filter {',
      '\tchain DOCKER {',
      ports.map(nftFilterLine),
    ),
  'nft -j list ruleset': (text, ports) => {
    const { nftables } = JSON.parse(text);
    return JSON.stringify({ nftables: [...nftables, ...ports.map(natRule), ...ports.map(filterRule)] });
  },
};

/** Behind the first line of a table that begins so. */
function addedLines(text, table, beginning, lines) {
  const all = text.split('\n');
  const from = all.findIndex((line) => line.startsWith(table));
  const at = all.findIndex((line, index) => index > from && line.startsWith(beginning));
  if (from === -1 || at === -1) throw new Error(`no line ${beginning} behind ${table}`);
  return [...all.slice(0, at + 1), ...lines, ...all.slice(at + 1)].join('\n');
}

function natLine({ proto, on, outside, inside, address }) {
  const to = on === '' ? '' : `-d ${on}/32 `;
  return `-A DOCKER ${to}! -i docker0 -p ${proto} -m ${proto} --dport ${outside} -j DNAT --to-destination ${address}:${inside}`;
}

function filterLine({ proto, inside, address }) {
  return `-A DOCKER -d ${address}/32 ! -i docker0 -o docker0 -p ${proto} -m ${proto} --dport ${inside} -j ACCEPT`;
}

/** Rules are told apart by their handles in one table. */
const handle = (index) => 1000 + index;

function nftNatLine({ proto, on, outside, inside, address }, index) {
  const to = on === '' ? '' : `ip daddr ${on} `;
  return `\t\tiifname != "docker0" ${to}${proto} dport ${outside} counter packets 0 bytes 0 dnat to ${address}:${inside} # handle ${handle(index)}`;
}

function nftFilterLine({ proto, inside, address }, index) {
  return `\t\tiifname != "docker0" oifname "docker0" ip daddr ${address} ${proto} dport ${inside} counter packets 0 bytes 0 accept # handle ${handle(index)}`;
}

const matching = (op, left, right) => ({ match: { op, left, right } });
const field = (protocol, name) => ({ payload: { protocol, field: name } });
const counter = { counter: { packets: 0, bytes: 0 } };

function natRule({ proto, on, outside }, index) {
  const expr = [
    matching('!=', { meta: { key: 'iifname' } }, 'docker0'),
    ...(on === '' ? [] : [matching('==', field('ip', 'daddr'), on)]),
    matching('==', field(proto, 'dport'), outside),
    counter,
    { xt: { type: 'target', name: 'DNAT' } },
  ];
  return { rule: { family: 'ip', table: 'nat', chain: 'DOCKER', handle: handle(index), expr } };
}

function filterRule({ proto, inside, address }, index) {
  const expr = [
    matching('!=', { meta: { key: 'iifname' } }, 'docker0'),
    matching('==', { meta: { key: 'oifname' } }, 'docker0'),
    matching('==', field('ip', 'daddr'), address),
    matching('==', field(proto, 'dport'), inside),
    counter,
    { accept: null },
  ];
  return { rule: { family: 'ip', table: 'filter', chain: 'DOCKER', handle: handle(index), expr } };
}
