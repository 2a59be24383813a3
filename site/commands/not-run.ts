/** Commands of the pages that no test runs as they stand, and why. */
export interface NotRun {
  /** Relative to the repository. */
  readonly page: string;
  readonly command: string;
  readonly why: string;
  /** The test that runs it, where one does; it holds the command. */
  readonly runBy?: string;
}

const itself = 'the test of the commands is a part of it';
const client = 'mc is a client of MinIO that the set-up does not install; the test puts the scene there by another one';
const suite = 'a suite of its own that takes an hour or more; `npm test` runs a bounded part of it';
const service = 'asks a service on the net, whose answer changes from day to day';
const engine = 'takes a container engine; the files are checked by test/deploy.test.ts';
const cluster = 'takes a Kubernetes cluster; the files are checked by test/deploy.test.ts';
const address = 'the address of the repository is for the reader to fill in';

export const notRun: readonly NotRun[] = [
  { page: 'README.md', command: 'npm test', why: itself },
  { page: 'README.md', command: 'mc alias set store https://storage:9000 ACCESS_KEY SECRET_KEY', why: client },
  { page: 'README.md', command: 'mc cp my.blend store/scenes/', why: client },
  {
    page: 'README.md',
    command: 'npm run lab -- /path/to/my.blend',
    why: 'gone through, line by line, on the page that it leads to',
    runBy: 'docs/first-frame.md',
  },
  { page: 'README.md', command: 'npm run docs', why: 'a step of `npm test` by itself' },
  { page: 'CONTRIBUTING.md', command: 'git clone URL kafka-runner && cd kafka-runner', why: address },
  { page: 'CONTRIBUTING.md', command: 'npm test', why: itself },
  { page: 'docs/first-frame.md', command: 'git clone URL kafka-runner && cd kafka-runner', why: address },
  {
    page: 'docs/operations.md',
    command: 'python3.11 -m venv /opt/bpy && /opt/bpy/bin/python -m pip install bpy==5.0.1',
    why: 'downloads 1 GB; `npm run test:blenders` does the same in a folder of the lab',
  },
  {
    page: 'docs/operations.md',
    command: 'kafka-render ... -b /opt/bpy/bin/python',
    why: 'needs the module of the line before; `npm run test:blenders` starts such workers',
  },
  {
    page: 'docs/provenance.md',
    command: 'mc cp --recursive store/bucket/out/1/ frames/ && cd frames',
    why: client,
  },
  {
    page: 'docs/provenance.md',
    command: String.raw`find . -type f -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum`,
    why: 'compared with what a worker says, over frames of its own',
    runBy: 'packages/kafka-render/test/broker/provenance.test.ts',
  },
  { page: 'docs/reliability.md', command: 'npm run test:faults', why: suite },
  { page: 'docs/reliability.md', command: 'npm run test:faults -- --small', why: 'a tier of `npm test` by itself' },
  { page: 'docs/reliability.md', command: 'npm run test:faults -- --write FILE', why: suite },
  { page: 'docs/security.md', command: 'apt-get install bubblewrap', why: 'the set-up does it, as root' },
  { page: 'docs/security.md', command: 'npm run test:fuzz', why: suite },
  { page: 'docs/supply-chain.md', command: 'npm audit --omit dev', why: service },
  { page: 'docs/supply-chain.md', command: 'npm audit signatures --omit dev', why: service },
  { page: 'docs/containers.md', command: 'docker compose -f deploy/compose.yaml up --build', why: engine },
  { page: 'docs/containers.md', command: 'docker build -f deploy/Dockerfile -t kafka-render:0.1.0 .', why: engine },
  { page: 'docs/containers.md', command: 'docker compose -f deploy/compose.yaml down --volumes', why: engine },
  { page: 'docs/containers.md', command: 'kubectl apply -f deploy/kubernetes', why: cluster },
  {
    page: 'docs/renderctl.md',
    command: 'kafka-renderctl doctor --for person',
    why: 'needs the settings file of the page; the tests of each command run it',
  },
  {
    page: 'docs/renderctl.md',
    command: 'kafka-renderctl submit shot.blend --frames 1-250 --output frames/shot --jobs 4 --watch',
    why: 'renders 250 frames; the tests of each command run it',
  },
  {
    page: 'docs/renderctl.md',
    command: 'kafka-renderctl frames render.job-0-12 --download frames/',
    why: "the name of a job is the reader's; the tests of each command run it",
  },
  {
    page: 'docs/operations.md',
    command: 'kafka-render ... --metrics-port 9464',
    why: "its arguments are the reader's; test/broker/metrics.test.ts of Kafka Runner starts such workers",
  },
  {
    page: 'docs/operations.md',
    command: 'curl -s localhost:9464/readyz; curl -s localhost:9464/metrics | grep kafka_runner_jobs_total',
    why: 'asks the worker of the line before; that test asks the same paths',
  },
];
