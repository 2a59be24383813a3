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
