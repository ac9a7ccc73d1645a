import type { TestContext } from 'node:test';
import type { FaultRow, Observation } from '../../src/docs/faults.ts';
import { command } from './command.ts';
import { outage } from './outage.ts';
import { restart } from './restart.ts';

type Scenario = (t: TestContext, row: FaultRow) => Promise<Observation>;

/** Every way to bring about a fault, by the name that the rows use. */
export const scenarios: Readonly<Record<string, Scenario>> = { outage, restart, command };
