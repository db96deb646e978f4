import type { HostOptions } from './host-options.ts';

export interface ExposureOptions extends HostOptions {
  readonly port?: number;
  readonly format: string;
  readonly output?: string;
  readonly color: boolean;
}

export async function runExposure(_options: ExposureOptions): Promise<number> {
  return Promise.resolve(0);
}
