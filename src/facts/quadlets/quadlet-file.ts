import type { Setting } from '../workloads/setting.ts';
import { parseUnitFile } from '../units/unit-file.ts';

/** A quadlet with its drop-ins in their order: `ollama.container`; podman-systemd.unit(5). */
export interface Quadlet {
  /** Path of the file itself. */
  readonly path: string;
  /** `ollama.container`. */
  readonly name: string;
  /** Of a user without root; `null` where a repository does not tell. */
  readonly rootless: boolean | null;
  /** Of the user whose it is, where that is known. */
  readonly home?: string;
  readonly lines: readonly QuadletLine[];
}

export interface QuadletLine {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  readonly file: string;
  readonly line: number;
}

/** The lines of one file. */
export function quadletLines(file: string, text: string): QuadletLine[] {
  return parseUnitFile(text).map((assignment) => ({ ...assignment, file }));
}

/** Lines of a key that count: an empty one takes back those before it. */
export function linesOf({ lines }: Quadlet, section: string, key: string): readonly QuadletLine[] {
  const all = lines.filter((line) => line.section === section && line.key === key);
  return all.slice(all.findLastIndex(({ value }) => value === '') + 1);
}

/** The last value of a key; empty where it is not set. */
export function lastOf(quadlet: Quadlet, section: string, key: string): string {
  return linesOf(quadlet, section, key).at(-1)?.value ?? '';
}

/** A boolean as systemd reads one; `null` where it is not set. */
export function switchOf(quadlet: Quadlet, section: string, key: string): boolean | null {
  const value = lastOf(quadlet, section, key);
  return value === '' ? null : /^(?:1|yes|true|on|y|t)$/i.test(value);
}

/** What systemd and Podman call what a quadlet makes: `systemd-ollama`, unless the key names it. */
export function madeName(quadlet: Quadlet, section: string, key: string): string {
  const own = lastOf(quadlet, section, key);
  return own === '' ? `systemd-${quadlet.name.replace(/\.[a-z]+$/, '')}` : own;
}

/** Why a setting is not known; as Workload.unsettled has it. */
export type Doubt = readonly [setting: Setting, because: string];

/** @param why - what the line does, as a clause without its subject */
export function doubtAt(setting: Setting, { file, line }: QuadletLine, why: string): Doubt {
  return [setting, `${file}:${String(line)} ${why}`];
}
