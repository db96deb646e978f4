import './zod-setup.ts';
import { audit } from '../engine/audit.ts';
import { FailOn } from '../engine/report.ts';
import type { Report } from '../engine/report.ts';
import type { Rule } from '../engine/rule.ts';
import { layers, profiles } from '../engine/rule.ts';
import type { Config } from '../engine/config.ts';
import { configureRules } from '../engine/config.ts';
import { exposureFact } from '../facts/exposure/exposure.ts';
import { identityFact } from '../facts/identity.ts';
import { checks } from '../checks/registry.ts';
import { visible } from '../reporters/visible.ts';
import { pageOf } from './color.ts';
import { loadConfig } from './config-file.ts';
import type { HostOptions } from './host-options.ts';
import { openHost } from './host-options.ts';
import { writeResult } from './output.ts';
import { startProgress } from './progress.ts';
import type { Format } from './render.ts';
import { formatOf, renderReport } from './render.ts';
import { loadRules, resolveRule } from './rule-files.ts';
import { UsageError, unknownName } from './usage-error.ts';
import { version } from './version.ts';

export interface AuditOptions extends HostOptions {
  readonly layer: readonly string[];
  readonly rule: readonly string[];
  readonly profile?: string;
  readonly format: string;
  readonly output?: string;
  readonly report: readonly string[];
  readonly failOn?: string;
  readonly minScore?: number;
  readonly strict?: boolean;
  readonly config?: string;
  readonly color: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly changedSince?: string;
}

export async function runAudit(options: AuditOptions): Promise<number> {
  const started = performance.now();
  const now = new Date();
  const outputs = outputsOf(options);
  const { config, directory } = await loadConfig(options.config);
  const effective = { ...config, ...overridesOf(options) };
  const all = await loadRules(config.rulesDir, directory);
  checkRuleNames(config, all);
  const rules = select(configureRules(all, effective), all, options);

  const host = await openHost(options, now);
  const changed = await changedBy(options);
  const progress = startProgress(options.quiet === true, `auditing ${host.origin.name}`);
  const { report, exit } = await audit({
    host,
    rules,
    checks,
    config: effective,
    strict: options.strict === true,
    identity: identityFact,
    exposures: exposureFact,
    version,
    changed,
    today: now.toISOString().slice(0, 10),
  }).finally(progress.stop);

  const elapsed = (performance.now() - started) / 1000;
  if (options.quiet !== true) {
    for (const warning of report.warnings) process.stderr.write(`warning: ${visible(warning)}\n`);
  }
  for (const { format, file } of outputs) {
    await writeResult(await textOf(report, format, file, options, elapsed), file);
  }
  return exit;
}

function textOf(
  report: Report,
  format: Format,
  file: string | null,
  options: AuditOptions,
  elapsed: number,
): Promise<string | Iterable<string>> {
  const page = pageOf(options.color, file);
  return renderReport(report, format, { ...page, verbose: options.verbose === true, elapsed });
}

/** @throws UsageError for anything but a repository */
async function changedBy({ changedSince, path }: AuditOptions): Promise<ReadonlySet<string> | null> {
  if (changedSince === undefined) return null;
  if (path === undefined)
    throw new UsageError('--changed-since is about a repository: give --path DIR as well');
  const { ChangesUnknown, changedFiles } = await import('../host/changed-files.ts');
  return changedFiles(path, changedSince).catch((error: unknown) => {
    if (error instanceof ChangesUnknown) throw new UsageError(`--changed-since: ${error.message}`);
    throw error;
  });
}

interface Output {
  readonly format: Format;
  readonly file: string | null;
}

function outputsOf(options: AuditOptions): Output[] {
  const outputs: Output[] = [{ format: formatOf(options.format), file: options.output ?? null }];
  for (const report of options.report) {
    const [, format = '', file = ''] = /^([^=]*)=(.+)$/.exec(report) ?? [];
    if (file === '') throw new UsageError(`--report ${report}: write it as FORMAT=FILE`);
    outputs.push({ format: formatOf(format), file });
  }
  return outputs;
}

function overridesOf(options: AuditOptions): Partial<Config> {
  const { profile, failOn, minScore } = options;
  if (profile !== undefined && !profiles.some((each) => each === profile)) {
    unknownName('profile', profile, profiles);
  }
  if (failOn !== undefined && !FailOn.safeParse(failOn).success) {
    unknownName('severity', failOn, FailOn.options);
  }
  return {
    ...(profile === undefined ? {} : { profile: profile as Config['profile'] }),
    ...(failOn === undefined ? {} : { failOn: failOn as FailOn }),
    ...(minScore === undefined ? {} : { minScore }),
  };
}

/** @throws UsageError when the configuration speaks of a rule that does not exist */
function checkRuleNames(config: Config, all: readonly Rule[]): void {
  const named = [
    ...Object.keys(config.rules),
    ...[...config.waivers, ...config.attest].map(({ rule }) => rule),
  ];
  for (const id of named) resolveRule(id, all);
}

function select(rules: readonly Rule[], all: readonly Rule[], options: AuditOptions): Rule[] {
  for (const layer of options.layer) {
    if (!layers.some((each) => each === layer)) unknownName('layer', layer, layers);
  }
  const wanted = options.rule.map((id) => resolveRule(id, all).id);
  return rules.filter(
    (rule) =>
      (options.layer.length === 0 || options.layer.includes(rule.layer)) &&
      (wanted.length === 0 || wanted.includes(rule.id)),
  );
}
