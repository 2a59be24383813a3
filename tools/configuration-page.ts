import type { OptionSpec } from 'kafka-runner';
import { commandLineSpec } from '../packages/kafka-render/src/config.ts';

/** `docs/configuration.md`, from the one table that also makes the command line. */
export function configurationPage(): string {
  return `<!-- Made by tools/write-docs.ts: change packages/kafka-render/src/config.ts instead. -->
# Configuration of Kafka Render

    ${commandLineSpec.program} ${commandLineSpec.positionals.map(({ name }) => name.toUpperCase()).join(' ')}... [OPTIONS]

A flag wins over the environment, the environment over the default. All wrong values are named at once, before any job
is taken.

| option | environment | default | what it does |
| --- | --- | --- | --- |
${Object.values(commandLineSpec.options).map(row).join('\n')}

Exit codes: 0 after SIGINT or SIGTERM, 130 or 143 after a second one, 2 for an unknown option or a
missing argument, 1 for a wrong value and anything else
that keeps the worker from starting.
`;
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
