/** Docker Hub's own prefix, and mirrors that keep it, left out: `docker.io/library/python` is `python`. */
export function officialName(repository: string): string {
  return repository
    .replace(
      /^(?:(?:index\.|registry-1\.)?docker\.io|registry\.hub\.docker\.com|public\.ecr\.aws\/docker|mirror\.gcr\.io)\//,
      '',
    )
    .replace(/^library\//, '')
    .toLowerCase();
}
