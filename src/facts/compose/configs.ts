import { maskNamed, maskSecrets } from '../../host/mask.ts';
import type { Reading } from './reading.ts';
import { settingAt, unsettle } from './reading.ts';
import type { Mapping } from './tree.ts';
import { entryAt, itemsOf, valueAt } from './tree.ts';

/** The configs of a service whose text stands in the file itself (compose-spec, 08-configs.md, `content`), by name. */
export function contentsOf(reading: Reading, model: Mapping): Record<string, string> {
  const contents: Record<string, string> = {};
  for (const item of itemsOf(settingAt(reading, 'configs', 'configs'))) {
    const source = item.kind === 'mapping' ? valueAt(item, 'source') : item;
    const name = source?.kind === 'scalar' ? (source.text ?? '') : '';
    const content = entryAt(model, 'configs', name, 'content');
    if (content?.value.kind !== 'scalar') continue;
    const text = content.value.text ?? '';
    reading.places.set(`configs ${name}`, content.at);
    unsettle(reading, `configs ${name}`, content.value);
    // A whole file of one word is what it is called after: api_key, but not authorized_keys.
    contents[name] = /\s/.test(text.trim()) ? maskSecrets(text) : maskNamed(name, text);
  }
  return contents;
}
