import type { Names } from './values.ts';

/** Ports by the names of services(5); a name that is not there stays as it is. */
export function serviceNames(text: string): Names {
  const ports = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [name = '', port = '', ...aliases] = line.replace(/#.*/, '').trim().split(/\s+/);
    const number = /^(\d{1,5})\/(?:tcp|udp)$/.exec(port)?.[1];
    if (number === undefined) continue;
    for (const one of [name, ...aliases]) if (!ports.has(one)) ports.set(one, Number(number));
  }
  return (word) => ports.get(word) ?? word;
}
