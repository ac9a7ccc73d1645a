import { families, models } from './families.ts';
import { targetsOf } from './quantities.ts';
import type { RegisterMap, Row } from './register-map.ts';

const LETTERS = `| letter | source |
|---|---|
| V | the vendor's protocol papers V1.24, V1.39, V3.14, off-grid V0.26, VPP V2.03 |
| A | the profiles of 0xAHA/Growatt_ModbusTCP, made from scans of owners |
| W | WouterTuinstra/Homeassistant-Growatt-Local-Modbus |
| O | OpenInverterGateway |
| E | evcc |
| G | record layouts of grott |`;

/** The page `docs/modbus-registers.md`: families, and the registers that are read, with their evidence. */
export function registersPage(): string {
  const all = Object.values(families);
  const maps = new Map<string, RegisterMap[]>();
  for (const map of all.flatMap(({ maps: some, otherVoltage }) => [
    ...some,
    ...(otherVoltage ? [otherVoltage] : []),
  ])) {
    const known = maps.get(map.name) ?? [];
    maps.set(map.name, known.includes(map) ? known : [...known, map]);
  }
  return `# Registers of Growatt inverters

What the agent reads over Modbus, by family and register. All of them are input registers (function 4); values of two
registers have the high word first. How to set it up: [modbus.md](modbus.md).

## Families

| Family | Models | Device type codes | Maps |
|---|---|---|---|
${all.map((family) => familyRow(family.name, family.maps)).join('\n')}

## Evidence

Each register has a letter for each source that has it at this address, a small one for a source that gives it another
scale. **A register with one letter is documented only: no second source confirms it.**

${LETTERS}

${[...maps].map(([name, some]) => mapSection(name, some)).join('\n')}`;
}

function familyRow(name: string, maps: readonly RegisterMap[]): string {
  const own = [...models].filter(([, { family }]) => family.name === name);
  const names = [...new Set(own.map(([, { model }]) => model))].join('; ');
  const codes = own.map(([code]) => code).join(', ');
  const used = [...new Set(maps.map((map) => map.name))].join(', ');
  return `| \`${name}\` | ${names || '–'} | ${codes || '–'} | ${used} |`;
}

function mapSection(name: string, maps: readonly RegisterMap[]): string {
  const rows = maps.flatMap((map) => map.rows).toSorted((a, b) => a.register - b.register);
  const unique = new Map(rows.map((row) => [`${row.register} ${row.quantity}`, row]));
  return `## ${name}

| Register | Type | Step | What | Metric | Evidence |
|---|---|---|---|---|---|
${[...unique.values()].map(rowText).join('\n')}
`;
}

function rowText({ register, words, signed, scale, quantity, evidence }: Row): string {
  const type = `${signed ? 'int' : 'uint'}${16 * words}`;
  const metrics = [...new Set((targetsOf.get(quantity) ?? []).map(({ metric }) => `\`${metric}\``))].join(
    ', ',
  );
  const what = quantity.replaceAll('_', ' ');
  return `| ${register} | ${type} | ${scale} | ${what} | ${metrics || 'converted first'} | ${evidence} |`;
}
