import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { kafkaJava } from '../../../lab/kafka-java.ts';
import { runPython } from '../../../lab/python.ts';

/** What the page says that a worker needs, with other names for the page's. */
export interface LeastRights {
  /** The arguments of `kafka-acls.sh`, for each of its commands. */
  readonly acls: readonly (readonly string[])[];
  /** The policy of the storage user, JSON. */
  readonly policy: { readonly Version: string; readonly Statement: readonly Statement[] };
}

export interface Statement {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

const page = readFileSync(path.join(import.meta.dirname, '../../../docs/operations.md'), 'utf8');

/** @param names what to write instead of a name of the page, such as `render.job` */
export function leastRights(names: Readonly<Record<string, string>>): LeastRights {
  const rename = (text: string): string => names[text] ?? text;
  const commands = page.matchAll(/^ {4}kafka-acls\.sh (.*)$/gm);
  const acls = [...commands].map(([, args = '']) => args.split(' ').map(rename));
  const [, json = ''] = /```json\n([^]*?)```/.exec(page) ?? [];
  const policy = JSON.parse(json) as LeastRights['policy'];
  const place = (resource: string): string => resource.replace(/:::([a-z]+)/, (_, bucket) => `:::${rename(bucket)}`);
  const Statement = policy.Statement.map((statement) => ({ ...statement, Resource: statement.Resource.map(place) }));
  return { acls, policy: { ...policy, Statement } };
}

/** Grants them with Kafka's own `kafka-acls.sh`. */
export async function grantAsThePageSays(acls: LeastRights['acls']): Promise<void> {
  const [java, ...options] = kafkaJava();
  const tool = [...options, 'org.apache.kafka.tools.AclCommand'];
  await Promise.all(acls.map((args) => promisify(execFile)(java, [...tool, ...args])));
}

/** The same by one program that starts sooner. */
export async function grant(acls: LeastRights['acls']): Promise<void> {
  const valueOf = (args: readonly string[], flag: string): string => args[args.indexOf(flag) + 1] ?? '';
  const rights = acls.flatMap((args) => {
    const flag = ['--topic', '--group', '--transactional-id'].find((each) => args.includes(each)) ?? '';
    const kind = flag.slice(2).replace('-', '_').toUpperCase();
    const pattern = args.includes('prefixed') ? 'PREFIXED' : 'LITERAL';
    const operation = valueOf(args, '--operation').toUpperCase();
    return [valueOf(args, '--allow-principal'), operation, kind, valueOf(args, flag), pattern];
  });
  const [broker = ''] = acls.map((args) => valueOf(args, '--bootstrap-server'));
  await runPython(path.join(import.meta.dirname, 'python/allow.py'), [broker, ...rights]);
}
