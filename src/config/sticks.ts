import type { TruckiStick } from './config.ts';
import type { Context } from './context.ts';
import { readItems, rejectDuplicates } from './items.ts';
import { type Settings, schema } from './schema.ts';
import { readSecret } from './secret.ts';
import type { Origin, Read } from './settings.ts';
import { targetSchema } from './source-schemas.ts';

/** The Trucki sticks of a configuration; one without its own password has the common one. */
export function readSticks({ values, origin }: Read<Settings>, context: Context): TruckiStick[] {
  const common = readPassword(values.trucki, (key) => origin(`trucki.${key}`), context);
  const { targets } = values.trucki;
  const items = readItems(targetSchema, schema.trucki.targets, targets, origin('trucki.targets'), context);
  const nameOf = (item: (typeof items)[number]) => item.values.name ?? item.values.address;
  rejectDuplicates(
    items.map((item) => [nameOf(item), item.origin(item.values.name === undefined ? 'address' : 'name')]),
    'a name that no other stick has',
    context.problems,
  );
  return items.map((item) => ({
    name: nameOf(item),
    address: item.values.address,
    password: readPassword(item.values, item.origin, context) ?? common,
  }));
}

function readPassword(
  { password, password_file }: { password: string | undefined; password_file: string | undefined },
  origin: (key: string) => Origin,
  context: Context,
): string | undefined {
  const origins = { valueOrigin: origin('password'), fileOrigin: origin('password_file') };
  return readSecret({ value: password, file: password_file, ...origins, format: 'password' }, context);
}
