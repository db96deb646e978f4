import { createReadStream } from 'node:fs';
import type * as z from 'zod';
import { InputError } from '../engine/input-error.ts';
import { describeIssue } from '../engine/yaml-document.ts';
import { Query } from '../facts/exposure/query.ts';
import { limits } from '../host/limits.ts';
import { UsageError } from './usage-error.ts';

/** Programs write `null` for what they do not say. */
const Line = Query.extend({
  proto: Query.shape.proto.nullable(),
  interface: Query.shape.interface.nullable(),
});

/**
 * The text of a file of questions, at most 4 MiB; `-` is standard input.
 *
 * @throws UsageError when it cannot be read or is too large
 */
export async function readQueries(file: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const stream = file === '-' ? process.stdin : createReadStream(file);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > limits.fileBytes) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw new UsageError(
      `${nameOf(file)} could not be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (bytes > limits.fileBytes) {
    throw new UsageError(`${nameOf(file)} is larger than ${String(limits.fileBytes)} bytes: split it`);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Questions as JSON Lines; blank lines do not count.
 *
 * @throws InputError naming the file, the first wrong line, and what is wrong with it
 */
export function parseQueries(text: string, file: string): Query[] {
  const name = nameOf(file);
  return text
    .replace(/^\ufeff/, '')
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [queryOf(line, `${name}:${String(index + 1)}`)]));
}

function nameOf(file: string): string {
  return file === '-' ? 'standard input' : file;
}

function queryOf(line: string, place: string): Query {
  const result = Line.safeParse(jsonOf(line, place));
  if (!result.success) {
    const problems = result.error.issues.map((issue) => describeIssue(issue, Line));
    throw new InputError(`${place}: ${problems.join('; ')}`);
  }
  const { proto, interface: name, ...rest } = result.data;
  return { ...rest, proto: proto ?? 'tcp', ...(typeof name === 'string' ? { interface: name } : {}) };
}

function jsonOf(line: string, place: string): z.core.util.JSONType {
  try {
    return JSON.parse(line) as z.core.util.JSONType;
  } catch {
    throw new InputError(
      `${place}: not JSON; write it as {"from": "203.0.113.7", "to": "10.0.0.2", "port": 22}`,
    );
  }
}
