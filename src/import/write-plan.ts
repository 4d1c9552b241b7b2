import type { ProjectFiles } from '../host/ports.ts';
import type { StateFailure } from '../model/failure.ts';
import { fail, ok, type Result } from '../model/result.ts';
import { stateFailure } from '../model/state-failure.ts';
import { planFile } from '../plan/definition-files.ts';
import { printRecordedPlan } from '../plan/recorded-plan.ts';
import type { RecordedPlan } from '../plan/recorded-schema.ts';

export function writePlan(files: ProjectFiles, plan: RecordedPlan): Result<void, StateFailure> {
  try {
    files.write(planFile, printRecordedPlan(plan));
    return ok(undefined);
  } catch (error) {
    return fail(stateFailure(planFile, error));
  }
}
