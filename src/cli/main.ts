import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { AuditOptions } from './audit.ts';
import type { CollectOptions } from './collect.ts';
import type { ExposureOptions } from './exposure.ts';
import type { RulesOptions } from './rules.ts';
import { reportError } from './usage-error.ts';
import { version } from './version.ts';

/**
 * Parses arguments and runs one command.
 *
 * @returns the exit code: 0 passed, 1 gate failed, 2 usage or configuration error, 3 undetermined
 */
export async function main(argv: readonly string[]): Promise<number> {
  let exit = 0;
  const program = commands((code) => (exit = code));
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return reportError(error, argv.includes('--verbose'));
  }
}

function commands(exitWith: (code: number) => void): Command {
  const program = new Command('aisec')
    .description('Audits the hardening of a machine that hosts AI services. It reads and changes nothing.')
    .version(version, '-V, --version')
    .showSuggestionAfterError()
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      'after',
      examples(
        'sudo aisec audit                          this machine, on the terminal',
        'sudo aisec audit --report json=aisec.json --report markdown=AUDIT.md',
        'aisec audit --path . --fail-on high       a repository, in CI',
        'aisec explain ssh-password-login          what a rule means, and its fix',
      ),
    );

  target(program.command('audit'))
    .description('audit a machine, a root directory, a snapshot or a repository')
    .option('--path <dir>', 'a repository: compose files, manifests, Dockerfiles, sshd, systemd, …')
    .option('--changed-since <commit>', 'with --path: only what concerns files that differ from it')
    .addOption(repeatable('--layer <layer>', 'only this layer: network, access, host, …', 'all'))
    .addOption(repeatable('--rule <id>', 'only this rule', 'all'))
    .option('--profile <name>', 'lab, server or ci')
    .addOption(format())
    .option('-o, --output <file>', 'write the report here instead of to standard output')
    .addOption(repeatable('--report <format=file>', 'write a further report', 'none'))
    .option('--fail-on <severity>', 'exit 1 on a failure this severe: critical, high, medium, low, never')
    .option('--min-score <n>', 'exit 1 when the score is below', integer(0, 100))
    .option('--strict', 'exit 3 when something that severe could not be determined')
    .option('--config <file>', 'configuration; otherwise ./aisec.yaml, if there is one')
    .option('--no-color', 'plain text')
    .option('-q, --quiet', 'no progress and no warnings')
    .option('-v, --verbose', 'every finding in full, and stack traces of errors')
    .addHelpText(
      'after',
      examples(
        'sudo aisec audit                          all six layers of this machine',
        'sudo aisec audit --layer access --layer network',
        'sudo aisec audit --format json -o aisec.json --fail-on critical',
        'aisec audit --root /mnt/image             a mounted disk: files only',
        'aisec audit --snapshot labbox.tar.gz      what aisec collect recorded',
      ),
    )
    .action(async (options: AuditOptions) => {
      const { runAudit } = await import('./audit.ts');
      exitWith(await runAudit(options));
    });

  target(program.command('exposure'))
    .description('list or draw who can reach what on this machine, or answer questions about it')
    .option('--port <n>', 'only this port', integer(1, 65_535))
    .option('--from <address>', 'ask one question: whether this source reaches --to, --port')
    .option('--to <address>', "the machine's address, or one behind it")
    .option('--proto <protocol>', 'of the question: tcp or udp (default: tcp)')
    .option('--interface <name>', 'where the question comes in; otherwise as it is routed')
    .option(
      '--queries <file>',
      'questions as JSON Lines: from, to, port, proto, interface; - is standard input',
    )
    .option('--format <format>', 'terminal, json, markdown; as a map: dot, svg, mermaid', 'terminal')
    .option('-o, --output <file>', 'write here instead of to standard output')
    .option('--no-color', 'plain text')
    .addHelpText(
      'after',
      examples(
        'sudo aisec exposure',
        'sudo aisec exposure --port 11434',
        'sudo aisec exposure --from 203.0.113.7 --to 10.0.0.2 --port 11434',
        'sudo aisec exposure --queries ask.jsonl --format json',
        'sudo aisec exposure --format svg -o map.svg',
      ),
    )
    .action(async (options: ExposureOptions) => {
      const { runExposure } = await import('./exposure.ts');
      exitWith(await runExposure(options));
    });

  program
    .command('collect')
    .description('record everything an audit reads, with secrets masked, to audit it elsewhere')
    .requiredOption('-o, --output <file|dir>', 'a .tar.gz, or a directory that does not exist yet')
    .option('--root <dir>', "another machine's root directory instead of this machine")
    .option('--how <text>', 'what this machine is, in words, kept in the snapshot')
    .option('-q, --quiet', 'no progress')
    .addHelpText('after', examples('sudo aisec collect -o labbox.tar.gz'))
    .action(async (options: CollectOptions) => {
      const { runCollect } = await import('./collect.ts');
      exitWith(await runCollect(options));
    });

  program
    .command('rules')
    .argument('[id]', 'one rule')
    .description('list the rules')
    .addOption(format())
    .option('--no-color', 'plain text')
    .addHelpText(
      'after',
      examples('aisec rules', 'aisec rules --format json', 'aisec rules ssh-root-login --format markdown'),
    )
    .action(async (id: string | undefined, options: RulesOptions) => {
      const { runRules } = await import('./rules.ts');
      exitWith(await runRules(id, options));
    });

  program
    .command('explain')
    .argument('<id>', 'a rule')
    .description('explain a rule: what it means, why it matters, how to fix it')
    .option('--no-color', 'plain text')
    .addHelpText('after', examples('aisec explain docker-bypasses-firewall'))
    .action(async (id: string, options: { color: boolean }) => {
      const { runExplain } = await import('./rules.ts');
      exitWith(await runExplain(id, options));
    });

  return program;
}

/** The options that say which machine is meant; without any, this one. */
function target(command: Command): Command {
  return command
    .option('--root <dir>', "another machine's root directory: files only, nothing is run")
    .option('--snapshot <file>', 'what aisec collect recorded: a directory or a .tar.gz');
}

function format(): Option {
  return new Option('--format <format>', 'terminal, json or markdown').default('terminal');
}

/** @param without - what it means to leave the option out */
function repeatable(flags: string, description: string, without: string): Option {
  return new Option(flags, `${description} (repeatable)`)
    .default([], without)
    .argParser((value, before: readonly string[]) => [...before, value]);
}

function integer(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${String(least)} to ${String(most)}.`);
  };
}

function examples(...lines: readonly string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  $ ${line}`)].join('\n');
}
