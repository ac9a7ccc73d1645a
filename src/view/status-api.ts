import * as z from 'zod';
import { CONDITIONS } from './conditions.ts';

/*
 * The shape of `/api/v1/status`: docs/status-api.md is made of it, and the page is rendered from the same objects. A
 * field may be added, and none is ever removed or given another meaning. What is unknown is absent. A running agent
 * needs only the types, and does not load this file.
 */

const text = (description: string) => z.string().describe(description);
const time = (description: string) =>
  z.number().describe(`${description}; seconds since the Unix epoch, with a fraction`);
const watts = (description: string) => z.number().describe(`${description} in watts`).optional();
const kwh = (description: string) => z.number().describe(`${description} in kilowatt hours`).optional();

export const figures = z.object({
  powerWatts: watts('Power now: of the sun, or of a stick at its AC side,'),
  energyTodayKwh: kwh('Energy since local midnight'),
  energyMonthKwh: kwh('Energy of this month'),
  energyYearKwh: kwh('Energy of this year'),
  energyTotalKwh: kwh('Energy since the installation'),
  yieldTodayKwhPerKwp: z
    .number()
    .describe('Energy since local midnight in kilowatt hours for each kilowatt of rated PV power')
    .optional(),
  batteryPercent: z.number().describe('State of charge in percent; the mean of several batteries').optional(),
  batteryChargeWatts: watts('Power into the batteries'),
  batteryDischargeWatts: watts('Power out of the batteries'),
  gridImportWatts: watts('Power drawn from the grid'),
  gridExportWatts: watts('Power fed into the grid'),
  loadWatts: watts('Power that the house consumes'),
  stickWatts: watts('AC power of all sticks; only where plants and sticks are added up,'),
  gridImportTodayKwh: kwh('Energy drawn from the grid since local midnight'),
  gridExportTodayKwh: kwh('Energy fed into the grid since local midnight'),
  loadTodayKwh: kwh('Energy that the house consumed since local midnight'),
  temperatureCelsius: z.number().describe('Temperature in degrees Celsius').optional(),
  expectedPowerWatts: watts(
    'Power that is expected now, by the position of the sun and, where it is known, the weather,',
  ),
  expectedTodayKwh: kwh('Energy that is expected of the whole local day'),
  expectedTomorrowKwh: kwh('Energy that is expected of the next local day'),
  performanceRatio: z
    .number()
    .describe('Energy of the day so far as a part of what was to be expected')
    .optional(),
});

const condition = z
  .enum(CONDITIONS)
  .describe(
    '`silent`: no new reading while others have one; `asleep`: no reading, and others have none either',
  );
const words = text('The same in words');
const readAt = time('When the newest reading was taken').optional();

export const deviceView = z.object({
  serial: text('Serial number'),
  type: text('Word of the family, such as `min`; empty while unknown'),
  model: text('Model; empty while unknown'),
  condition,
  words,
  readAt,
  values: figures,
});

/** One day's power in steps of five minutes from local midnight on. */
const dayCurve = z.array(z.number().nullable()).describe('Mean power in watts of each step; null: unknown');

export const curveView = z.object({
  stepMinutes: z.number().describe('Length of a step in minutes'),
  today: dayCurve,
  yesterday: dayCurve,
  expected: dayCurve
    .describe('Power in watts that was expected in each step of today; null: unknown')
    .optional(),
});

export const worth = z.object({
  currency: text('Its code by ISO 4217'),
  total: z.number().describe('Savings and revenue of export less what export cost, since counting began'),
  today: z.number().describe('The same since local midnight').optional(),
  since: time('Since when `today` counts, where counting began later than local midnight').optional(),
});

const site = {
  name: text('Name'),
  condition,
  words,
  readAt,
  values: figures,
  curve: curveView
    .describe('Today and yesterday; only where there are at most ten plants and sticks')
    .optional(),
};

export const plantView = z.object({
  id: text('Id: the label `plant_id`'),
  ...site,
  location: text('Place; empty while unknown'),
  peakPowerWatts: watts('Rated PV power'),
  worth: worth.describe('What its energy is worth, where there is a tariff').optional(),
  up: z.boolean().describe('Whether it could be read when last tried').optional(),
  devices: z.array(deviceView),
});

export const stickView = z.object({
  ...site,
  up: z.boolean().describe('Whether it could be read when last tried').optional(),
});

export const sourceView = z.object({
  name: text('`growatt/ACCOUNT`, `trucki/STICK` and the like: the label `source`'),
  title: text('Name for people'),
  state: z
    .enum(['starting', 'waiting', 'ok', 'empty', 'failing'])
    .describe(
      '`starting`: not tried yet; `waiting`: restarted, and a call now would be refused; `empty`: it answers and has no plants',
    ),
  circuit: z
    .enum(['closed', 'half-open', 'open'])
    .describe('State of the circuit breaker; `open`: one try for each poll'),
  intervalSeconds: z.number().describe('Time between two polls in seconds, as it is in force'),
  lastSuccess: time('Last successful poll').optional(),
  nextPoll: time('Next poll; absent while one runs').optional(),
  failures: z.number().describe('Failed polls in a row; absent while it answers').optional(),
  problem: text('What is wrong, in one sentence').optional(),
  advice: text('What to do about it, in one sentence').optional(),
  plants: z.number().describe('Number of plants known').optional(),
  devices: z.number().describe('Number of devices known').optional(),
});

export const statusView = z.object({
  version: text('Version of the agent'),
  time: time('When this was put together'),
  startTime: time('When the agent started'),
  simulated: z.boolean().describe('Whether the data comes from the built-in simulators'),
  ready: z.boolean().describe('Whether every source has been tried once'),
  shard: z
    .object({
      index: z.number().describe('Which part of the sources this agent polls, from 0'),
      count: z.number().describe('Number of parts'),
      sources: z.number().describe('Number of sources that all parts have together'),
    })
    .describe('Where the sources are divided among several agents')
    .optional(),
  sources: z.array(sourceView),
  totals: figures.describe('All plants and sticks together'),
  worth: worth.describe('All plants together; absent where they have several currencies').optional(),
  medianYieldKwhPerKwp: z
    .number()
    .describe('Median of the yields of all plants, of the day so far; absent with fewer than three')
    .optional(),
  plants: z.array(plantView),
  sticks: z.array(stickView),
});

export type Worth = z.infer<typeof worth>;
export type Figures = z.infer<typeof figures>;
export type DeviceView = z.infer<typeof deviceView>;
export type PlantView = z.infer<typeof plantView>;
export type StickView = z.infer<typeof stickView>;
export type SourceView = z.infer<typeof sourceView>;
export type CurveView = z.infer<typeof curveView>;
export type StatusView = z.infer<typeof statusView>;
