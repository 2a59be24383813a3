/**
 * What the lab is made of, besides Debian's packages (`lab/setup.sh`), npm's (`package-lock.json`) and Python's
 * (`lab/python/*.txt`).
 */
export const versions = {
  kafka: '4.2.1',
  kafkaScala: '2.13',
  slf4j: '1.7.36',
  mavenDependencyPlugin: '3.6.1',
  minio: 'v0.0.0-20250907161309-07c3a429bfed',
} as const;

/** What the set-up fetches is checked against these (npm packages: against the hashes in `package-lock.json`). */
export const checksums = {
  /** Of all jars: `sha256sum * | sha256sum`. */
  kafkaJars: '916b4db4c7a461581d66129056fbcf7b1743bb778d6ad46c31fe624155793ec3',
  /** Of MinIO's sources, as Go's checksum database has it. */
  minioModule: 'h1:deu0m9BiyqnMbGWfJi1PpVyotSXlDnTmRIme1cUXnxo=',
} as const;
