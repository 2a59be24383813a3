/** A message for the input topic, and what a person should know about it. */
export interface DemoJob {
  readonly title: string;
  readonly message: {
    readonly jobId: number;
    readonly timestamp: number;
    readonly scenePath: string;
    readonly startFrame: number;
    readonly numFrames: number;
    readonly outputLocation: string;
  };
}

/** A still, a short animation, and one that must fail. */
export function demoJobs(): DemoJob[] {
  return [
    demoJob(1, 'a still', 'scenes/demo.blend', 1, 1),
    demoJob(2, 'an animation of 12 frames', 'scenes/demo.blend', 2, 12),
    demoJob(3, 'a scene without a camera, which must fail', 'scenes/no-camera.blend', 1, 1),
  ];
}

function demoJob(jobId: number, title: string, scenePath: string, startFrame: number, numFrames: number): DemoJob {
  const timestamp = Date.now() / 1_000;
  const message = { jobId, timestamp, scenePath, startFrame, numFrames, outputLocation: `frames/job-${jobId}` };
  return { title, message };
}
