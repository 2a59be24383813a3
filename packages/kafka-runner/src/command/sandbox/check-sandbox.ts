import { createLogger } from '../../logging/logger.ts';
import { parseRunnerOptions, type KafkaRunnerOptions } from '../../options.ts';
import { Sandbox } from './sandbox.ts';

/** Looks whether commands can run in the sandbox that the options ask for. Throws ConfigError that says why not. */
export async function checkSandbox(
  sandbox: NonNullable<KafkaRunnerOptions['sandbox']>,
  jobsFolder: string,
): Promise<void> {
  const required = { ...sandbox, mode: 'require' } as const;
  const settings = parseRunnerOptions({ inTopic: 'none', bootstrapServers: ['none'], jobsFolder, sandbox: required });
  const opened = await Sandbox.open(settings, createLogger({ runner: 'check', level: 'error' }));
  await opened?.[Symbol.asyncDispose]();
}
