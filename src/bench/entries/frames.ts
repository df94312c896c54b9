/** A process of the benchmark: draws the frames of the dashboard. It takes one job from its parent, and sends back the result. */
import type { FramesJob } from '../frames.ts';

// As `bin/tokenpak.js` does it: React and Ink read these when they are imported.
process.env.NODE_ENV = 'production';
delete process.env.DEV;
const { drawFrames } = await import('../frames.ts');

process.on('message', (job: FramesJob) => {
  drawFrames(job).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
