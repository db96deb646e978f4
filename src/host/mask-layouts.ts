import {
  authentication,
  character,
  comma,
  continuation,
  goesOn,
  inDouble,
  name,
  option,
  userBefore,
} from './mask-patterns.ts';

/**
 * Secrets that stand apart from their name, on another line, or behind an option of one letter, whose meaning only
 * the program before it tells.
 */

const key = String.raw`^(?<indent>[ \t]*)(?:-[ \t]+)?["']?${name}["']?:`;
const comment = String.raw`[ \t]*(?:#[^\n\r]*)?\r?\n`;
const restOfLine = String.raw`\S[^\n\r]*`;
/** A plain value of YAML that is no key; `file: x` behind a name of Compose's `secrets` is one. */
const plainLine = String.raw`(?![-\s{[&*|>!#?"'])(?:(?!:(?:\s|$))[^\n\r"'])+(?=["']?[ \t]*\r?$)`;
const nameBehind = String.raw`[ \t]*,?[ \t]*(?:\r?\n[ \t]*)?["']?name["']?:[ \t]*["']?${name}["']?[ \t]*(?=[,}\]#\r\n]|$)`;

/** What of the same command stands before an option; the limit keeps a text of nothing but commands cheap. */
const before = String.raw`(?=[\s"'])(?:[^\n\\|;&]|\\[^\n\r]|${continuation}){0,400}?[\s"']`;
const value = String.raw`(?:[ \t]+|["']${comma}(?=["']))["']?`;
const user = String.raw`(?:\$\{[^}\n]{0,64}\}|[^\s"':{<]){1,64}:`;
/** A word of a shell: what ends a command ends it, unless a quote is still to be closed. */
const shellWord = String.raw`(?:(?![|;&])${character}|[|;&](?=[^\s"']{0,128}["'])|${goesOn})+`;

/** Each has a named group `secret`, which alone is replaced. */
export const layouts: readonly RegExp[] = [
  // name: | and the lines below, as deep as the first of them (YAML 1.2.2, 8.1.1.1)
  new RegExp(
    String.raw`${key}[ \t]+(?:[&!]\S+[ \t]+)*[|>][-+0-9]*${comment}(?<inner>\k<indent>[ \t]+)(?<secret>${restOfLine}(?:\r?\n(?:[ \t]*\r?\n)*\k<inner>[ \t]*${restOfLine})*)`,
    'dgim',
  ),
  // name: and the value below
  new RegExp(String.raw`${key}${comment}\k<indent>[ \t]+["']?(?<secret>${plainLine})`, 'dgim'),
  // - --name and, below, - value
  new RegExp(
    String.raw`^[ \t]*-[ \t]+["']?${option}["']?${comment}[ \t]*-[ \t]+["']?(?!["'-])(?<secret>[^\n\r"']+)`,
    'dgim',
  ),
  new RegExp(
    String.raw`^[ \t]*-[ \t]+["']?--[\w.-]*?${authentication}["']?${comment}[ \t]*-[ \t]+["']?${userBefore}(?<secret>[^\n\r"']+)`,
    'dgim',
  ),
  // value: v, name: NAME
  new RegExp(String.raw`\bvalue["']?:[ \t]*"(?<secret>${inDouble}*)"${nameBehind}`, 'dgim'),
  new RegExp(String.raw`\bvalue["']?:[ \t]*'(?<secret>[^'\n]*)'${nameBehind}`, 'dgim'),
  new RegExp(String.raw`\bvalue:[ \t]+(?![{[&*|>!"'])(?<secret>[^\s,}][^\n\r,}]*)${nameBehind}`, 'dgim'),
  // curl -u user:password; see curl(1)
  new RegExp(
    String.raw`\bcurl${before}(?:-[a-zA-Z]{0,8}[uU]|--user|--proxy-user)${value}${user}(?<secret>${shellWord})`,
    'dg',
  ),
  // redis-cli -a password
  new RegExp(String.raw`\b(?:redis|valkey)-cli${before}-a${value}(?!-)(?<secret>${shellWord})`, 'dg'),
  // mysql -ppassword, without a blank; -p8080:80 behind a container of that name is a port of docker's
  new RegExp(
    String.raw`\b(?:mysql|mariadb)(?:-?(?:admin|check|dump|import|show))?${before}-p(?![\d.:]*:\d)(?<secret>${shellWord})`,
    'dg',
  ),
];
