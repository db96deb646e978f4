import { layouts } from './mask-layouts.ts';
import {
  accessLists,
  accessPassword,
  assignments,
  authentication,
  credential,
  userBefore,
} from './mask-patterns.ts';
import { harmless, shapes, wellKnown } from './mask-values.ts';
import { isPlaceholder } from './placeholder.ts';

/**
 * Takes secrets out of text at the door, before any fact sees it.
 *
 * What a rule needs to know of a secret stays: that it is written out, and whether it is one that
 * everybody knows. Masking masked text changes nothing, so a snapshot replays to the same findings.
 */

/** Stands for a credential that was written out. */
export const maskedLiteral = '<masked>';
/** Stands for a credential that everybody knows, such as `admin`. */
export const maskedWellKnown = '<masked:well-known>';
/** Follows either where it is plainly to be replaced: `REPLACE_ME`, `changeme`, `<password>`. */
export const maskedPlaceholder = '<placeholder>';

/** Whether a value is, as a whole, a credential that everybody knows. */
export function isWellKnown(value: string): boolean {
  return (
    value.startsWith(maskedWellKnown) && ['', maskedPlaceholder].includes(value.slice(maskedWellKnown.length))
  );
}

const credentialName = new RegExp(`^(?:--?)?[\\w.-]*?${credential}$`, 'i');
const authenticationName = new RegExp(`^--[\\w.-]*?${authentication}$`, 'i');
const userName = new RegExp(`^${userBefore}`);
const credentialArgument = new RegExp(`^((?:--?)?[\\w.-]*?${credential}=)(.*)$`, 'is');

/**
 * Replaces credentials in the strings of a JSON document, by the names that they stand under and by what they
 * hold. Text that is no JSON is masked as text.
 */
export function maskJson(text: string): string {
  try {
    return JSON.stringify(maskValue(JSON.parse(text), ''));
  } catch {
    return maskSecrets(text);
  }
}

function maskValue(value: unknown, under: string): unknown {
  if (typeof value === 'string') return maskNamed(under, value);
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return items.map((item, index) => maskValue(item, optionBefore(items, index)));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, maskValue(each, key)]));
}

/** Masks a value by the name that it has, which need not stand beside it in the text. */
export function maskNamed(name: string, value: string): string {
  const isCount = /tokens$/i.test(name) && /^[0-9]{1,9}$/.test(value);
  if (credentialName.test(name) && !isCount) return maskOne(value);
  if (name === '--user') return maskAccessPasswords(maskWord(value));
  const [user] = authenticationName.test(name) ? (userName.exec(value) ?? []) : [];
  return user === undefined ? maskWord(value) : user + maskOne(value.slice(user.length));
}

/** The option whose value an argument is, as in ["--api-key", "word"]; empty when it is none. */
function optionBefore(items: readonly unknown[], index: number): string {
  const [item, before] = [items[index], items[index - 1]];
  const isArgument = typeof item === 'string' && !item.startsWith('-');
  return isArgument && typeof before === 'string' && before.startsWith('--') ? before : '';
}

/** What any of the patterns needs: most text has nothing of it, and is left alone at once. */
const suspicious =
  /pass|pwd|secret|salt|cred|_pw|-pw|curl|redis-cli|valkey-cli|mysql|mariadb|token|key|auth|:\/\/|sk-|gh[opsu]_|github_pat_|hf_|glpat-|gsk_|xox|akia|aiza|nvapi-|eyj|\$/i;

function isSuspicious(text: string): boolean {
  return suspicious.test(text) || (text.includes('>') && /user/i.test(text));
}

/** One argument or variable, which ends where the text does. */
function maskWord(word: string): string {
  if (!isSuspicious(word)) return word;
  const [, before = '', secret] = credentialArgument.exec(word) ?? [];
  return secret === undefined ? maskText(word) : before + maskOne(secret);
}

/** Replaces credentials; everything else, line ends included, stays as it is. */
export function maskSecrets(text: string): string {
  if (!isSuspicious(text)) return text;
  if (!text.includes('\0')) return maskText(text);
  // Arguments or variables of a process: each ends at a NUL, whatever it holds.
  const words = text.split('\0');
  return words.map((word, index) => maskNamed(optionBefore(words, index), word)).join('\0');
}

function maskText(text: string): string {
  let masked = text;
  // A key's lines stay lines, so that what follows keeps its line number.
  for (const shape of shapes) {
    masked = masked.replace(shape, (secret) => maskedLiteral + secret.replace(/[^\n]+/g, ''));
  }
  for (const pattern of [...assignments, ...layouts]) masked = replaceSecrets(masked, pattern);
  return masked.replace(accessLists, maskAccessPasswords);
}

function maskAccessPasswords(list: string): string {
  return list.replace(accessPassword, maskOne);
}

function replaceSecrets(text: string, pattern: RegExp): string {
  let masked = '';
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    const [start, end] = match.indices?.groups?.secret ?? [0, 0];
    masked += text.slice(from, start) + maskedPieces(text.slice(start, end));
    from = end;
  }
  return from === 0 ? text : masked + text.slice(from);
}

/** A secret of several lines stays on them, as deep as they are: what follows keeps its meaning and its number. */
function maskedPieces(secret: string): string {
  return secret
    .split(/((?:\\[ \t]*)?\r?\n[ \t]*)/)
    .map((piece, index) => (index % 2 === 0 ? maskOne(piece) : piece))
    .join('');
}

function maskOne(secret: string): string {
  const trimmed = secret.trim();
  // ${NAME}, or with a literal to fall back on: ${NAME:-literal}
  const variable = /^(\$\$?\{\w+(?::?[-+?=])?)([^}]*)(\}.*)$/s.exec(trimmed);
  if (variable !== null) {
    const [, before = '', fallback = '', after = ''] = variable;
    return before + (fallback === '' ? '' : maskOne(fallback)) + after;
  }
  if (trimmed === '' || harmless.test(trimmed)) return secret;
  const mark = wellKnown.has(trimmed.toLowerCase()) ? maskedWellKnown : maskedLiteral;
  return isPlaceholder(trimmed) ? mark + maskedPlaceholder : mark;
}
