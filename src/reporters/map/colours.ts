import type { Guard } from './exposure-map.ts';

export interface Colours {
  readonly fill: string;
  readonly stroke: string;
}

/** Readable on light and on dark pages, with `ink` for the text. */
export const colours: Readonly<Record<Guard | 'plain', Colours>> = {
  open: { fill: '#fbdcdc', stroke: '#c62828' },
  unknown: { fill: '#e6e6e6', stroke: '#757575' },
  doubtful: { fill: '#fff1cf', stroke: '#b26a00' },
  guarded: { fill: '#dff2df', stroke: '#2e7d32' },
  plain: { fill: '#e7edf6', stroke: '#3b5b8c' },
};

export const ink = '#111111';
