import type { Reading } from './reading.ts';
import { booleanOf, refuse, settingAt, textAt, unsettle } from './reading.ts';
import type { Node } from './tree.ts';
import { itemsOf, valueAt } from './tree.ts';
import { shellWords } from './words.ts';

/** The group may be unknown: it is the account that decides. */
export function userOf(reading: Reading): string {
  const node = settingAt(reading, 'user', 'user');
  if (node !== null && node.kind !== 'scalar') refuse(reading, 'user', node, 'a single value belongs there');
  if (node?.kind !== 'scalar') return '';
  const [account = ''] = node.shown.split(':');
  if (node.unset.length === 0 || !/[${]/.test(account)) return node.text ?? '';
  unsettle(reading, 'user', node);
  return '';
}

/** deploy.restart_policy comes before restart (docker/compose, create.go, getRestartPolicy). */
export function restartOf(reading: Reading): string {
  const condition = textAt(reading, 'restart', 'deploy', 'restart_policy', 'condition');
  const policy = valueAt(reading.service, 'deploy', 'restart_policy');
  if (policy !== null)
    return condition === 'any' || condition === '' ? 'always' : condition.replace(/^none$/, 'no');
  return textAt(reading, 'restart', 'restart').replace(/:.*$/, '');
}

export function healthcheckOf(reading: Reading): { Test: string[] } | null {
  const check = settingAt(reading, 'healthcheck', 'healthcheck');
  if (check === null) return null;
  const disable = valueAt(check, 'disable');
  if (disable?.kind === 'scalar') unsettle(reading, 'healthcheck', disable);
  if (disable?.kind === 'scalar' && booleanOf(disable.text ?? '') === true) return { Test: ['NONE'] };
  const test = valueAt(check, 'test');
  const words = itemsOf(test).flatMap((item) => (item.kind === 'scalar' ? [item.text ?? ''] : []));
  // Times alone change those of the image's own check.
  if (words.length === 0) return null;
  return test?.kind === 'list' ? { Test: words } : { Test: ['CMD-SHELL', ...words] };
}

export function commandOf(reading: Reading, key: 'entrypoint' | 'command'): string[] {
  const node = settingAt(reading, 'command', key);
  const words = (item: Node): string[] => {
    if (item.kind !== 'scalar') return [];
    unsettle(reading, 'command', item);
    return [item.text ?? ''];
  };
  if (node?.kind === 'list') return node.items.flatMap(words);
  return node === null ? [] : words(node).flatMap(shellWords);
}
