/** Directory of the Helm chart whose template a file is; `null` when it is none. Paths are absolute in the project. */
export function chartOf(path: string, charts: readonly string[]): string | null {
  return charts.find((chart) => path.startsWith(`${chart}/templates/`)) ?? null;
}

/** Directories that hold a Chart.yaml, innermost first: a chart may hold others in charts/. */
export function chartsAmong(paths: readonly string[]): readonly string[] {
  return paths
    .filter((path) => path.endsWith('/Chart.yaml'))
    .map((path) => path.slice(0, -'/Chart.yaml'.length))
    .toSorted((a, b) => b.length - a.length);
}

const mostNamed = 5;

/** What is not known of charts, one sentence each. */
export function chartGaps(templates: ReadonlyMap<string, readonly string[]>): string[] {
  return [...templates].map(([chart, paths]) => {
    const directory = chart.slice(1) === '' ? '.' : chart.slice(1);
    const named = paths.slice(0, mostNamed).map((path) => path.slice(1));
    const more = paths.length > mostNamed ? ` and ${String(paths.length - mostNamed)} more` : '';
    return (
      `the templates of the Helm chart ${directory} (${named.join(', ')}${more}) say nothing until they are rendered: ` +
      'run helm template with your values, and audit what it prints as a file'
    );
  });
}
