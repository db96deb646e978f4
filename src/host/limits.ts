/** What one read may cost, so that a hostile or broken machine cannot hold the audit up. */
export interface Limits {
  readonly fileBytes: number;
  readonly commandBytes: number;
  readonly commandMilliseconds: number;
  /** Symbolic links followed for one path. */
  readonly symlinks: number;
}

export const limits: Limits = {
  fileBytes: 4 * 1024 * 1024,
  commandBytes: 16 * 1024 * 1024,
  commandMilliseconds: 5_000,
  symlinks: 40, // the kernel's own MAXSYMLINKS
};

/** Programs are run from here only, whatever PATH says. */
export const trustedDirectories = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'] as const;
