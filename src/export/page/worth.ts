import type { Worth } from '../../view/status-api.ts';
import { moneyText } from './numbers.ts';
import { duration } from './times.ts';

/**
 * What the energy of the day so far is worth, and for how long it was counted where that is not the whole day.
 * @param now seconds since the epoch
 * @returns undefined where it is not known, or nothing was counted yet
 */
export function worthToday(
  worth: Worth | undefined,
  now: number,
): { readonly amount: string; readonly note: string } | undefined {
  if (worth?.today === undefined) return undefined;
  const { today, currency, since } = worth;
  if (since === undefined) return { amount: moneyText(today, currency), note: '' };
  if (today === 0) return undefined;
  return { amount: moneyText(today, currency), note: `counted for ${duration(now - since, false)}` };
}
