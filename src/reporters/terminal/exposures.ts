import type { Exposure, Report } from '../../engine/report.ts';
import { groupBy } from '../groups.ts';
import { serviceOf, socketOf, widestFirst } from '../exposure-words.ts';
import type { Style } from './style.ts';
import { hang, heading, scopePaint } from './style.ts';
import { longest, tableLines } from './table.ts';

/** Doors that are shown; the rest are counted. */
const mostRows = 25;

/** Who can reach what, in short: `aisec exposure` tells the rest. */
export function exposureSummary({ exposures, target }: Report, style: Style, verbose: boolean): string[] {
  if (target.kind === 'project') return [];
  const title = ' Reachable';
  if (exposures === null) {
    const text = 'not known: what listens here could not be read';
    return ['', ...hang(style, `${title}  `, text, style.chalk.yellow, style.chalk.bold)];
  }
  const open = widestFirst(exposures.filter(({ scope }) => scope !== 'loopback'));
  const local = exposures.length - open.length;
  const here = local === 0 ? '' : `${String(local)} that only this machine reaches`;
  if (open.length === 0)
    return [
      '',
      ...heading(style, title, here === '' ? 'nothing listens' : `nothing from elsewhere (${here})`),
    ];
  const shown = verbose ? open : open.slice(0, mostRows);
  const rest = [moreWords(open.slice(shown.length)), here].filter((text) => text !== '');
  return [
    '',
    ...heading(style, title, 'aisec exposure tells from where, and why'),
    '',
    ...summaryTable(shown, style),
    ...rest.flatMap((text) => hang(style, '  ', `and ${text}`, style.chalk.dim)),
  ];
}

/** `745 more: 700 open to lan, 45 to vpn`. */
function moreWords(further: readonly Exposure[]): string {
  const groups = [...groupBy(further, ({ scope }) => scope)];
  const counts = groups.map(([scope, { length }]) => `${String(length)} open to ${scope}`);
  return further.length === 0 ? '' : `${String(further.length)} more: ${counts.join(', ')}`;
}

function summaryTable(exposures: readonly Exposure[], style: Style): string[] {
  const room = Math.min(style.width, 100) - 8;
  const scope = 10;
  const socket = Math.min(longest('address', exposures.map(socketOf)), Math.floor((room - scope) * 0.6));
  const service = Math.min(longest('service', exposures.map(serviceOf)), room - scope - socket);
  return tableLines(
    exposures,
    [
      { title: 'service', width: service, text: serviceOf },
      { title: 'address', width: socket, text: socketOf },
      {
        title: 'open to',
        width: scope,
        text: ({ scope }) => scope,
        paint: (each) => scopePaint(style, each.scope),
      },
    ],
    style,
  );
}
