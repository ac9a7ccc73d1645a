import * as z from 'zod';
import { familyNamed } from './families.ts';
import type { Knowledge } from './reader.ts';
import type { LastSign } from './sleep.ts';

/** What one target keeps across restarts; parsed like any input, since files get damaged. */
const snapshotSchema = z.object({
  inverter: z.object({
    family: z.string(),
    serial: z.string(),
    model: z.string(),
    code: z.number().optional(),
    ratedPower: z.number().optional(),
    trackers: z.number().optional(),
    phases: z.number().optional(),
  }),
  serialAt: z
    .object({ space: z.enum(['holding', 'input']), address: z.number(), count: z.number() })
    .optional(),
  evidence: z.array(z.string()),
  features: z.array(z.string()),
  blockSize: z.int().min(1).max(125),
  offset: z.number().optional(),
  last: z
    .object({
      takenAt: z.number(),
      power: z.number(),
      status: z.number().optional(),
      hasBattery: z.boolean(),
    })
    .optional(),
});

/** Nothing is kept of an inverter that never answered. */
export function snapshotOf(
  knowledge: Knowledge | undefined,
  last: LastSign | undefined,
): z.infer<typeof snapshotSchema> | null {
  if (!knowledge) return null;
  const { detection, features, blockSize, offset } = knowledge;
  const { inverter, serialAt, evidence } = detection;
  const { family } = inverter;
  const plain = { inverter: { ...inverter, family: family.name }, serialAt, evidence: [...evidence] };
  return JSON.parse(JSON.stringify({ ...plain, features, blockSize, offset, last }));
}

/** @throws Error when it is no snapshot */
export function parseSnapshot(snapshot: unknown): {
  readonly knowledge?: Knowledge;
  readonly last?: LastSign | undefined;
} {
  if (snapshot === null) return {};
  const { inverter, serialAt, evidence, features, blockSize, offset, last } = snapshotSchema.parse(snapshot);
  const family = familyNamed(inverter.family);
  if (!family) throw new Error(`no family is called ${inverter.family}`);
  const detection = { inverter: { ...inverter, family }, serialAt, evidence };
  return {
    knowledge: { detection, features, blockSize, offset },
    last: last && { ...last, status: last.status },
  };
}
