import type { CommandLineSpec, OptionSpec } from 'kafka-runner';
import { commandLineSpec } from '../packages/kafka-render/src/config.ts';
import { retrySpec } from '../packages/kafka-render/src/renderctl/retry.ts';
import { verifySpec } from '../packages/kafka-render/src/renderctl/verify.ts';

/** `docs/configuration.md`, from the tables that also make the command lines. */
export function configurationPage(): string {
  return `<!-- Made by tools/write-docs.ts: change config.ts and renderctl/ in packages/kafka-render/src instead. -->
# Configuration of Kafka Render

${usage(commandLineSpec)}

A flag wins over the environment, the environment over the default. All wrong values are named at once, before any job
is taken.

${table(commandLineSpec)}

Exit codes: 0 after SIGINT or SIGTERM, 130 or 143 after a second one, 2 for an unknown option or a
missing argument, 1 for a wrong value and anything else
that keeps the worker from starting.

# Configuration of kafka-renderctl

[Operations](operations.md) says when one needs it. Exit codes: 0 for a success, 1 when \`verify\` is not clean or
\`retry\` could not send a job, 2 for wrong usage, 3 when Kafka could not be read or written.

## retry

${usage(retrySpec)}

${table(retrySpec)}

## verify

${usage(verifySpec)}

${table(verifySpec)}
`;
}

type Spec = CommandLineSpec<Record<string, OptionSpec>>;

function usage({ program, positionals }: Spec): string {
  return `\`\`\`text\n${program} ${positionals.map(({ name }) => name.toUpperCase()).join(' ')}... [OPTIONS]\n\`\`\``;
}

function table({ options }: Spec): string {
  const head = ['| option | environment | default | what it does |', '| --- | --- | --- | --- |'];
  return [...head, ...Object.values(options).map(row)].join('\n');
}

function row({ flags, env, help, schema }: OptionSpec): string {
  const fallback = schema.safeParse(undefined).data as string | number | boolean | undefined;
  const cells = [
    code(flags),
    env === undefined ? '' : code(env),
    fallback === undefined ? '' : code(String(fallback)),
    help,
  ];
  return `| ${cells.join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}
