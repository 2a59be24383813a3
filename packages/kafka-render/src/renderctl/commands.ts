import { cancel, cancelSpec } from './cancel.ts';
import { completion, completionSpec, type NamedCommand } from './completion.ts';
import { doctor, doctorSpec } from './doctor.ts';
import { frames, framesSpec } from './frames.ts';
import { retry, retrySpec } from './retry.ts';
import { submit, submitSpec } from './submit.ts';
import { verify, verifySpec } from './verify.ts';
import { watch, watchSpec } from './watch.ts';
import { drain, drainSpec, pause, pauseSpec, resume, resumeSpec } from './worker-orders.ts';

export interface CtlCommand extends NamedCommand {
  /** Resolves to the exit code. */
  readonly run: (args: readonly string[]) => Promise<number>;
}

/** Everything that kafka-renderctl can do; help, completion and `docs/configuration.md` are made from it. */
export const commands: Readonly<Record<string, CtlCommand>> = {
  submit: { help: 'sends frames of a scene to be rendered', spec: submitSpec, run: submit },
  watch: { help: 'shows how jobs go on', spec: watchSpec, run: watch },
  cancel: { help: 'ends a job, wherever it is', spec: cancelSpec, run: cancel },
  frames: { help: 'names or fetches the frames of a job', spec: framesSpec, run: frames },
  retry: {
    help: 'lists the jobs that ended without a result, and sends them again, each at most once',
    spec: retrySpec,
    run: retry,
  },
  verify: {
    help: 'compares jobs with results and error records: is any lost, or done twice?',
    spec: verifySpec,
    run: verify,
  },
  doctor: { help: 'looks whether all that jobs need is there, and says what to do', spec: doctorSpec, run: doctor },
  pause: { help: 'lets a worker take no new jobs', spec: pauseSpec, run: pause },
  resume: { help: 'lets a paused worker take jobs again', spec: resumeSpec, run: resume },
  drain: { help: 'lets a worker end its jobs and leave', spec: drainSpec, run: drain },
  completion: {
    help: 'prints a script for bash, zsh or fish',
    spec: completionSpec,
    run: (args: readonly string[]): Promise<number> => completion(args, commands),
  },
};
