/** The one-way flow of docs/architecture.md: target → Host → facts → checks → findings → report → text. */
const only = (name, from, to, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^(src|bin|rules|scripts|test)/', pathNot: to },
});

module.exports = {
  forbidden: [
    only('host-knows-nothing', '^src/host/', '^src/host/', 'a host knows no facts, rules or reports'),
    only(
      'facts-read-hosts',
      '^src/facts/',
      '^(src/(host|facts)/|src/engine/(fact|check|audit|report|rule|template|yaml-document)\\.ts|rules/catalogue/)',
      'facts gather evidence and never judge',
    ),
    only(
      'checks-judge-facts',
      '^src/checks/[^/]+/',
      '^(src/facts/|src/engine/(check|fact|rule)\\.ts|src/host/(evidence|host|mask)\\.ts|src/checks/[^/]+/[^/]+\\.words\\.ts)',
      'checks are pure: facts and parameters in, verdicts out',
    ),
    only('engine-knows-no-rule', '^src/engine/', '^src/(engine|host)/', 'the engine knows no subject'),
    only(
      'reporters-know-the-report',
      '^src/reporters/',
      '^(src/reporters/|src/engine/(report|rule|template)\\.ts)',
      'a reporter turns a report into text',
    ),
    only('bin-is-a-door', '^bin/', '^src/cli/main\\.ts', 'argv in, exit code out'),
    {
      name: 'only-hosts-touch-the-machine',
      comment: 'files, processes and sockets are read through a Host (the command line reads its own files)',
      severity: 'error',
      from: { path: '^(src|bin)/', pathNot: '^src/(host|cli)/' },
      to: {
        path: '^(node:)?(fs|fs/promises|child_process|net|http|https|dgram|os|process)$|node_modules/execa',
      },
    },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '\\.d\\.ts$' },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
