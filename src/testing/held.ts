import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Whether anything still holds what it refers to, once what is no longer used has been collected. */
export async function isHeld(ref: WeakRef<object>): Promise<boolean> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // What was just looked at is held until the job that did so is over.
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  return ref.deref() !== undefined;
}
