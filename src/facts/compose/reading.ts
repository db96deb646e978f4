import type { Place, Setting } from '../workloads/setting.ts';
import type { Mapping, Node, Scalar } from './tree.ts';
import { entryAt, itemsOf, valueAt } from './tree.ts';

/** One service while it is read: what is found of where its settings are written, and of what cannot be told. */
export interface Reading {
  readonly service: Mapping;
  readonly places: Map<string, Place>;
  /** Of a project, how many ports its services may still have. */
  readonly allowance: { ports: number };
  /** See Workload. */
  readonly unsettled: Map<string, string>;
}

/** Notes that a setting depends on something that is not known. */
export function unsettle(reading: Reading, key: string, { place, shown, unset }: Scalar): void {
  if (unset.length === 0) return;
  const names = unset.join(', ');
  const why = `${place.file}:${String(place.line)} leaves it to ${names}, which nothing in the project sets (${shown})`;
  if (!reading.unsettled.has(key)) reading.unsettled.set(key, why);
}

/** Notes a value that Compose does not take. */
export function refuse(reading: Reading, key: string, node: Node, why: string): void {
  doubt(reading, key, node, `is refused by Compose: ${why}`);
}

/** Notes that what is written at a node leaves a setting open; the clause follows its place. */
export function doubt({ unsettled }: Reading, key: string, { place }: Node, why: string): void {
  if (!unsettled.has(key)) unsettled.set(key, `${place.file}:${String(place.line)} ${why}`);
}

/** Notes where a setting is written, and gives its value. */
export function settingAt(reading: Reading, setting: Setting, ...keys: readonly string[]): Node | null {
  const entry = entryAt(reading.service, ...keys);
  if (entry === null) return null;
  if (!reading.places.has(setting)) reading.places.set(setting, entry.at);
  return entry.value;
}

/** A scalar as text; empty where it is not written, or not known. */
export function textAt(reading: Reading, setting: Setting, ...keys: readonly string[]): string {
  const node = settingAt(reading, setting, ...keys);
  if (node === null) return '';
  if (node.kind !== 'scalar') {
    refuse(reading, setting, node, 'a single value belongs there');
    return '';
  }
  unsettle(reading, setting, node);
  return node.unset.length > 0 ? '' : (node.text ?? '');
}

/** As loader/interpolate.go casts them. */
export function booleanOf(text: string): boolean | null {
  if (/^(?:true|y|yes|on)$/i.test(text)) return true;
  return /^(?:false|n|no|off)$/i.test(text) ? false : null;
}

export function flagAt(reading: Reading, setting: Setting, ...keys: readonly string[]): boolean {
  const text = textAt(reading, setting, ...keys);
  if (text === '') return false;
  const value = booleanOf(text);
  const node = valueAt(reading.service, ...keys);
  if (value === null && node !== null)
    refuse(reading, setting, node, `${JSON.stringify(text)} is neither true nor false`);
  return value ?? false;
}

export function numberAt(reading: Reading, setting: Setting, ...keys: readonly string[]): number {
  const text = textAt(reading, setting, ...keys);
  if (text === '') return 0;
  const value = Number(text);
  const node = valueAt(reading.service, ...keys);
  if (!Number.isFinite(value) && node !== null)
    refuse(reading, setting, node, `${JSON.stringify(text)} is no number`);
  return Number.isFinite(value) ? value : 0;
}

const powers: Readonly<Record<string, number>> = { '': 0, k: 1, m: 2, g: 3, t: 4, p: 5 };

/** Bytes as go-units reads them (RAMInBytes): 512m, 1.5gb, 1 GiB; 0 where none are written. */
export function bytesAt(reading: Reading, setting: Setting, ...keys: readonly string[]): number {
  const text = textAt(reading, setting, ...keys);
  if (text === '') return 0;
  const [, amount, unit = ''] = /^\s*(-?\d+(?:\.\d+)?) ?([kmgtp]?)(?:i?b)?\s*$/i.exec(text) ?? [];
  const node = valueAt(reading.service, ...keys);
  if (amount === undefined && node !== null)
    refuse(reading, setting, node, `${JSON.stringify(text)} is no size`);
  return amount === undefined ? 0 : Math.trunc(Number(amount) * 1024 ** (powers[unit.toLowerCase()] ?? 0));
}

/** The words of a list; an entry that is not known is left out, and told. */
export function wordsAt(reading: Reading, setting: Setting, ...keys: readonly string[]): string[] {
  const node = settingAt(reading, setting, ...keys);
  if (node?.kind === 'mapping') refuse(reading, setting, node, 'a list belongs there');
  return itemsOf(node).flatMap((item) => {
    if (item.kind !== 'scalar') {
      refuse(reading, setting, item, 'a word belongs there');
      return [];
    }
    unsettle(reading, setting, item);
    return item.unset.length > 0 || item.text === null ? [] : [item.text];
  });
}
