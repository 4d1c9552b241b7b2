/**
 * Ends the process once all that it has said is written, whatever else still holds it. For who has watched files: chokidar
 * loses sight of its own watch of a directory that goes while it is taken in, and then nothing can close that any more.
 */
export async function endProcess(code: number): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map(written));
  return process.exit(code);
}

/** Also where nobody reads any more. */
const written = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    stream.write('', () => {
      resolve();
    });
  });
