/** What one read may cost, so that a hostile or broken machine cannot hold the audit up. */
export const limits = {
  fileBytes: 4 * 1024 * 1024,
  commandBytes: 16 * 1024 * 1024,
  commandMilliseconds: 5_000,
  /** Symbolic links followed for one path, as the kernel's own MAXSYMLINKS. */
  symlinks: 40,
} as const;

/** Programs are run from here only, whatever PATH says. */
export const trustedDirectories = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'] as const;
