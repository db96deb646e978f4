import type { Exposure, Report } from '../../engine/report.ts';
import { serviceOf, socketOf, widestFirst } from '../exposure-words.ts';
import type { Style } from './style.ts';
import { hang, heading, scopePaint } from './style.ts';
import { longest, tableLines } from './table.ts';

/** Who can reach what, in short: `aisec exposure` tells the rest. */
export function exposureSummary({ exposures, target }: Report, style: Style): string[] {
  if (target.kind === 'project') return [];
  const title = ' Reachable';
  if (exposures === null) {
    const text = 'not known: what listens here could not be read';
    return ['', ...hang(style, `${title}  `, text, style.chalk.yellow, style.chalk.bold)];
  }
  const shown = widestFirst(exposures.filter(({ scope }) => scope !== 'loopback'));
  const local = exposures.length - shown.length;
  const rest = local === 0 ? '' : `${String(local)} that only this machine reaches`;
  if (shown.length === 0)
    return [
      '',
      ...heading(style, title, rest === '' ? 'nothing listens' : `nothing from elsewhere (${rest})`),
    ];
  return [
    '',
    ...heading(style, title, 'aisec exposure tells from where, and why'),
    '',
    ...summaryTable(shown, style),
    ...(rest === '' ? [] : hang(style, '  ', `and ${rest}`, style.chalk.dim)),
  ];
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
