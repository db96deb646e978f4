import type { AiService } from './ai-services.ts';
import type { CatalogueService } from './catalogue.ts';
import { remembered } from '../remember.ts';
import { recogniseImage, recogniseProcess } from './recognise.ts';

/**
 * Arguments that a service's program gets. What runs tells the truth; where nothing runs, or only under
 * a name that hides the program, the arguments of its unit or container do.
 */
export function programArguments(service: AiService): readonly string[] {
  const running = runningArguments(service);
  if (running.length > 0) return running.flatMap((argv) => [...argv, endOfOptions]);
  return service.argv;
}

/** Whether a flag that is not among the arguments is not given at all. */
export function isWholeCommand(service: AiService): boolean {
  return runningArguments(service).length > 0 || startsProgram(service);
}

/** Whether a variable that is not in the environment is not set at all: no script could have set it. */
export function isWholeEnvironment(service: AiService): boolean {
  return service.by === 'process' || startsProgram(service);
}

/** Whether a container runs an image of the product itself, whose own files are the product's defaults. */
export function isProductImage({ workload, service }: AiService): boolean {
  return workload !== null && recogniseImage(workload.image.repository)?.id === service.id;
}

/**
 * The last value that a flag is given: `--flag value`, `--flag=value`; empty for a bare one.
 * Underscores count as dashes and one dash as two, as the parsers of these products have it.
 *
 * @returns `null` when the flag is not there
 */
export function flagValue(argv: readonly string[], name: string): string | null {
  let found: string | null = null;
  let ended = false;
  for (const [index, argument] of argv.entries()) {
    if (argument === endOfOptions) ended = false;
    else if (argument === '--') ended = true;
    if (ended || !argument.startsWith('-')) continue;
    const [, flag = '', value] = /^(-[^=]*)(?:=(.*))?$/s.exec(argument) ?? [];
    if (!isFlag(flag, name)) continue;
    const next = argv[index + 1] ?? '--';
    found = value ?? (/^-(?!\d)|^\0/.test(next) ? '' : next);
  }
  return found;
}

/** Stands between the arguments of two processes. */
const endOfOptions = '\0';

/** Whether an argument is the flag of that name, by the same rules. */
export function isFlag(written: string, name: string): boolean {
  if (/^-.$/.test(name) || /^-.$/.test(written)) return written === name;
  return written !== '' && longName(written) === longName(name);
}

function longName(flag: string): string {
  return flag.replace(/^--?/, '').replaceAll('_', '-');
}

const runningArguments = remembered(({ processes, service }: AiService): (readonly string[])[] =>
  processes.filter((process) => recogniseProcess(process)?.id === service.id).map(({ argv }) => argv),
);

const startsProgram = remembered((service: AiService): boolean => {
  if (isShellScript(service.argv)) return false;
  return isProductImage(service) || isProgram(service.argv, service.service);
});

/** Whether a command line is the product's own: not a script's that starts it. */
function isProgram(argv: readonly string[], service: CatalogueService): boolean {
  return recogniseProcess({ argv, name: '', exe: null })?.id === service.id;
}

/** `sh -c '…'` may set anything. */
function isShellScript(argv: readonly string[]): boolean {
  const shell = argv.findIndex((argument) => /^(?:ba|da|a|z|k)?sh$/.test(baseName(argument)));
  return shell !== -1 && /^-[a-z]*c$/.test(argv[shell + 1] ?? '');
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
