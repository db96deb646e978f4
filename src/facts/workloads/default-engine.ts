import { defaultSocket } from './engine-configuration.ts';

/** Whether an engine's socket is where docker(1) looks for one by itself, and `systemctl … docker` is about it. */
export function isDefaultEngine(socket: string): boolean {
  return socket === defaultSocket;
}

/** Words that lead docker's commands to an engine. */
export function hostArguments(socket: string): readonly string[] {
  return isDefaultEngine(socket) ? [] : ['-H', `unix://${socket}`];
}
