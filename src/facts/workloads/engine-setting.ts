import type { Citation } from '../../engine/check.ts';
import type { EngineConfiguration } from './engine-configurations.ts';
import { citeOption } from './engine-options.ts';

/**
 * What an engine runs with, or would: what it says itself, else what its command line and daemon.json
 * say. `default` where neither does; `unknown` where one of them was not seen, or is newer than the engine.
 */
export type EngineSetting =
  | {
      readonly state: 'set';
      readonly value: unknown;
      /** Who can change it: the engine's command line, or its daemon.json. */
      readonly by: 'flag' | 'file';
      readonly citation: Citation;
    }
  | { readonly state: 'default'; readonly citation: Citation }
  | { readonly state: 'unknown'; readonly because: string };

/** @param name - as in daemon.json */
export function engineSetting({ engine, options, file }: EngineConfiguration, name: string): EngineSetting {
  const option = options[name];
  const by = option !== undefined && option.source !== file ? 'flag' : 'file';
  const told = engine?.told[name];
  if (told !== undefined) {
    const citation = { source: 'docker info', line: null, excerpt: excerptOf(name, told) };
    return { state: 'set', value: told, by, citation };
  }
  const drift = by === 'file' ? (engine?.drift ?? null) : null;
  if (drift !== null) return { state: 'unknown', because: `what ${name} is set to is not known: ${drift}` };
  if (option !== undefined) {
    const { value } = option;
    return { state: 'set', value, by, citation: citeOption(option, excerptOf(name, value)) };
  }
  const [gap] = engine?.unread ?? [];
  if (gap !== undefined) return { state: 'unknown', because: `what ${name} is set to is not known: ${gap}` };
  return { state: 'default', citation: { source: file, line: null, excerpt: `${name} is not set` } };
}

function excerptOf(name: string, value: unknown): string {
  return `${name}: ${JSON.stringify(value)}`;
}
