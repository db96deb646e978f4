import { visible } from '../reporters/visible.ts';

/** Progress on standard error while the audit waits; silent unless that is a terminal. */
export function startProgress(quiet: boolean, text: string): { stop: () => void } {
  let stopped = false;
  let stop = () => {
    stopped = true;
  };
  if (!quiet && process.stderr.isTTY && process.env.CI === undefined) {
    // Loaded beside the audit: the spinner must not delay what it waits for.
    void import('ora').then(({ default: ora }) => {
      if (stopped) return;
      const spinner = ora({ text: visible(text), stream: process.stderr, discardStdin: false }).start();
      stop = () => {
        spinner.stop();
      };
    });
  }
  return {
    stop: () => {
      stop();
    },
  };
}
