export { ConfigError, FailedError, InterruptedError, JobError, RejectedError, UnavailableError } from './errors.ts';
export type { EarlyOutcome } from './errors.ts';
export { KafkaRunner } from './kafka-runner.ts';
export { onShutdownSignals } from './shutdown-signals.ts';
export type { KafkaRunnerOptions, RunnerSettings } from './options.ts';
export type { Message } from './message.ts';
export type { Job } from './job.ts';
export { jobName } from './job.ts';
export type { PhaseNames } from './job-phases.ts';
export { jobKey } from './progress/job-progress.ts';
export type { StateNames } from './progress/job-progress.ts';
export type { Command, CommandResult } from './command/run-command.ts';
export type { CommandOutput } from './command/command-output.ts';
export type { ConsumedRecord } from './broker/port.ts';
export type { JsonObject } from './json.ts';
export { isJsonObject, parseJson, stringifyJson } from './json.ts';
export { clientSettingsSchema } from './broker/client-settings.ts';
export type { ClientSettings } from './broker/client-settings.ts';
export type { RawContent, RawHeader, RawRecord } from './broker/raw-record.ts';
export type { OffsetRange } from './broker/read-ranges.ts';
export { TopicReader } from './broker/topic-reader.ts';
export type { GroupPosition } from './broker/topic-reader.ts';
export { TopicFollower } from './broker/topic-follower.ts';
export type { FollowedRecord } from './broker/topic-follower.ts';
export { ConfluentProducer } from './broker/confluent-producer.ts';
export type { SentRecord } from './broker/port.ts';
export { MissingTopicError } from './broker/missing-topic-error.ts';
export { FencedError, TransactionalSender } from './broker/transactional-sender.ts';
export { checkSettings } from './check-settings.ts';
export type { Registry as MetricsRegistry } from 'prom-client';
export { createLogger } from './logging/logger.ts';
export type { Logger } from './logging/logger.ts';
export { printable } from './printable.ts';
export { secretFileWarning } from './secret-file.ts';
export { SchemaSet, Schema, describeFaults } from './schemas/schema.ts';
export type { SchemaFault } from './schemas/schema.ts';
export { readMinioCredentials } from './storage/credentials.ts';
export type { MinioCredentials } from './storage/credentials.ts';
export { contentTypeOf } from './storage/content-type.ts';
export { localFileError } from './storage/local-file-error.ts';
export { localPathOf } from './storage/local-path.ts';
export { MinioClient } from './storage/minio-client.ts';
export type {
  CallOptions,
  DownloadOptions,
  ObjectHead,
  UploadedObject,
  UploadOptions,
} from './storage/minio-client.ts';
export type { DownloadedObject } from './storage/object-download.ts';
export type { ListOptions, ObjectInfo } from './storage/object-listing.ts';
export type { ObjectMetadata } from './storage/object-metadata.ts';
export { formatObjectPath, joinKey, parseObjectPath, parseObjectPrefix } from './storage/object-path.ts';
export type { ObjectPath } from './storage/object-path.ts';
export type { StorageSettings } from './storage/s3-client.ts';
export {
  AccessDeniedError,
  NoSuchBucketError,
  NoSuchKeyError,
  StorageUnavailableError,
} from './storage/storage-errors.ts';
export { JobFolders } from './job-folders.ts';
export { linkFile } from './link-file.ts';
export { chooseCommand, parseCommandLine, UsageExit } from './command-line.ts';
export type { CommandLine, CommandLineSpec, CommandsSpec, OptionSpec, PositionalSpec } from './command-line.ts';
export { settingName } from './settings-file.ts';
export type { SettingsFileSpec } from './settings-file.ts';
export { runProgram } from './run-program.ts';
export { checkSandbox } from './command/sandbox/check-sandbox.ts';
export { untilAborted } from './until-aborted.ts';
export { untilAvailable } from './until-available.ts';
