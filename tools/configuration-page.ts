import type { CommandLineSpec, OptionSpec } from 'kafka-runner';
import { dashboardSpec } from '../packages/dashboard/src/config.ts';
import { commandLineSpec } from '../packages/kafka-render/src/config.ts';
import { connectionOptions } from '../packages/kafka-render/src/connection-options.ts';
import { commands } from '../packages/kafka-render/src/renderctl/commands.ts';

/** `docs/configuration.md`, from the tables that also make the command lines. */
export function configurationPage(): string {
  return `<!-- Made by tools/write-docs.ts: change config.ts and renderctl/ in packages/kafka-render/src instead. -->
# Configuration of Kafka Render

${usage(commandLineSpec)}

A flag wins over the environment, the environment over the settings file, the file over the default. All wrong values are
named at once, before any job is taken. Topics and brokers stand on the command line all together, or not at all: then they
are what \`KAFKA_RENDER_IN_TOPIC\`, \`KAFKA_RENDER_OUT_TOPIC\` and \`KAFKA_RENDER_BOOTSTRAP\`, or the file, say.

${table(commandLineSpec)}

Exit codes: 0 after SIGINT or SIGTERM, 130 or 143 after a second one, 2 for an unknown option or a
missing argument, 1 for a wrong value and anything else
that keeps the worker from starting.

# The settings file

Worker and kafka-renderctl share one file: \`kafka-render.json\` in the working directory, or what \`--config\` or
\`KAFKA_RENDER_CONFIG\` names. Whatever has an environment variable may stand in it, under that name without
\`KAFKA_RENDER_\` and in this spelling: \`KAFKA_RENDER_MAX_FRAMES\` is \`maxFrames\`. A setting that nobody knows is an
error that names it. Relative paths are meant as seen from the file. Secrets never stand in it, only the names of their files.

\`\`\`json
{
  "bootstrap": ["broker1:9092", "broker2:9092"],
  "inTopic": "render.job",
  "outTopic": "render.out",
  "errorTopic": "render.errors",
  "groupId": "render",
  "credentials": "minio_credentials.json",
  "schemas": "json_schemas",
  "concurrency": 2
}
\`\`\`

With it \`kafka-render\` is a worker, and \`kafka-renderctl submit shot.blend --frames 1-10 --output frames/shot\` sends it a job.

# Configuration of kafka-renderctl

[kafka-renderctl](renderctl.md) says what each command is for. Exit codes: 0 for a success, 1 as the command says, 2 for wrong
usage, 3 when Kafka or storage could not be read or written. It reads the same settings file, and all commands that need Kafka
reach it by the same options as the worker, from \`--tls\` to \`--sasl-scope\`.

${Object.entries(commands)
  .map(([name, { spec }]) => commandSection(name, spec))
  .join('\n\n')}

# Configuration of kafka-render-dashboard

[The dashboard](dashboard.md) says what it shows.

${usage(dashboardSpec)}

${table(dashboardSpec)}
`;
}

/** What all commands share stands in the table of the worker. */
function commandSection(name: string, spec: Spec): string {
  const own = Object.entries(spec.options).filter(([option]) => !(option in connectionOptions));
  const options = Object.fromEntries(own);
  const parts = [`## ${name}`, usage(spec), ...(own.length > 0 ? [table({ options })] : [])];
  return parts.join('\n\n');
}

type Spec = CommandLineSpec<Record<string, OptionSpec>>;

function usage({ program, positionals }: Spec): string {
  const names = positionals.map(({ name, takes }, index) => {
    const isLast = index === positionals.length - 1;
    return `${name.toUpperCase()}${(takes ?? (isLast ? 'many' : 'one')) === 'one' ? '' : '...'}`;
  });
  return `\`\`\`text\n${[program, ...names].join(' ')} [OPTIONS]\n\`\`\``;
}

function table({ options }: Pick<Spec, 'options'>): string {
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
