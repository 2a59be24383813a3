import { glob } from 'node:fs/promises';
import path from 'node:path';
import { Application, LogLevel } from 'typedoc';

/**
 * Writes a page of Markdown for each export of Kafka Runner, from its types and doc comments; resolves to their number.
 *
 * @throws Error when a comment links to what is not there, or anything else is wrong.
 */
export async function writeApiReference(root: string, target: string): Promise<number> {
  const runner = path.join(root, 'packages/kafka-runner');
  const app = await Application.bootstrapWithPlugins({
    name: 'API of Kafka Runner',
    entryPoints: [path.join(runner, 'src/index.ts')],
    tsconfig: path.join(runner, 'tsconfig.build.json'),
    plugin: ['typedoc-plugin-markdown'],
    readme: 'none',
    // The step `types` has checked them, with the TypeScript that they are written for.
    skipErrorChecking: true,
    disableSources: true,
    excludePrivate: true,
    excludeExternals: true,
    // Types of options that have no name of their own outside are told where they are used.
    validation: { notExported: false, invalidLink: true, invalidPath: true },
    logLevel: LogLevel.Warn,
    ...markdown,
  });
  app.options.setValue('out', target);
  const project = await app.convert();
  if (project) await app.generateOutputs(project);
  if (!project || app.logger.hasErrors() || app.logger.hasWarnings()) throw new Error('the API reference is not right');
  return (await Array.fromAsync(glob('**/*.md', { cwd: target }))).length;
}

/** Options of typedoc-plugin-markdown. */
const markdown: object = {
  entryFileName: 'index',
  hideBreadcrumbs: false,
  hidePageHeader: true,
  sanitizeComments: true,
  parametersFormat: 'table',
  propertiesFormat: 'table',
};
