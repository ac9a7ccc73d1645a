import { historySettings } from '../../metrics/growatt/history-settings.ts';
import { hostAddress } from '../../settings/addresses.ts';
import { choice, count, duration, id, name, timeZone } from '../../settings/format.ts';
import type { Settings } from '../../settings/read.ts';
import { list, type Resolved, setting } from '../../settings/setting.ts';
import { familyNames } from './families.ts';
import { type FramingName, framings, MOST_REGISTERS } from './frame.ts';

/** The port of Modbus TCP. */
const MODBUS_PORT = 502;

const target = {
  name: setting(name, { otherwise: '`host:port/unit`', doc: 'Unique; the label `target`.' }),
  address: setting(hostAddress, {
    required: true,
    doc: '`host` or `host:port` of the inverter or of its gateway, port 502 unless given; an IPv6 address in brackets.',
  }),
  unit: setting(count(1, 254), { default: '1', doc: 'Unit id of the inverter, also called slave address.' }),
  framing: setting(choice(...(Object.keys(framings) as FramingName[])), {
    default: 'tcp',
    doc: '`tcp` for Modbus TCP, `rtu-tcp` for a transparent serial gateway.',
  }),
  family: setting(choice(...familyNames), {
    otherwise: 'detected',
    doc: 'Family of the inverter, where detection is wrong; `discover` shows what it found and why.',
  }),
  plant_id: setting(id, {
    otherwise: 'the name',
    doc: 'Plant the inverter belongs to; the label `plant_id`.',
  }),
  plant_name: setting(name, { otherwise: 'the name', doc: 'Name of that plant.' }),
  timezone: setting(timeZone, {
    otherwise: "as the inverter's clock shows",
    doc: 'IANA time zone of the inverter, which decides when its day ends.',
  }),
  block_size: setting(count(1, MOST_REGISTERS), {
    default: String(MOST_REGISTERS),
    doc: 'Most registers in one request, for gateways that cannot deliver long answers. It is halved by itself where a gateway refuses.',
  }),
  interval: setting(duration('1s'), {
    otherwise: '`modbus.interval`',
    doc: 'Poll interval of this inverter.',
  }),
};

/** The settings of inverters on the local network. */
export const modbusSettings = {
  modbus: {
    targets: list(target, {
      env: 'GROWATT_MODBUS_TARGETS',
      starts: true,
      fromText: targetFromText,
      doc:
        'Inverters to read: `[name=]host[:port][/unit]`, or `[name=]rtu+tcp://host:port/unit` behind a transparent ' +
        'serial gateway; comma-separated.',
    }),
    interval: setting(duration('1s'), {
      env: 'GROWATT_MODBUS_INTERVAL',
      default: '30s',
      doc: 'Poll interval of each inverter.',
    }),
    spacing: setting(duration(), {
      env: 'GROWATT_MODBUS_SPACING',
      default: '1s',
      doc: 'Least time between two requests to one host and port. The vendor asks for 850 ms or more.',
    }),
  },
};

type Values = Resolved<typeof modbusSettings>['modbus'];

/** An inverter as it is read. */
export interface ModbusTargetConfig extends Resolved<typeof target> {
  /** Value of the label `target`. */
  readonly name: string;
  /** Milliseconds. */
  readonly interval: number;
}

/** Everything configured for Modbus; times are milliseconds. */
export interface ModbusConfig extends Values {
  readonly targets: readonly ModbusTargetConfig[];
  /** Completed days of which plants show energy and power; 0: none. */
  readonly historyDays: number;
}

/** Fills in what a target says by its address, and reports targets that exclude each other. */
export function resolveModbus(settings: Settings): ModbusConfig {
  const { modbus } = settings.valuesOf(modbusSettings);
  const { history } = settings.valuesOf(historySettings);
  const targets = modbus.targets.map((item) => {
    const label = item.name ?? `${withPort(item.address)}/${item.unit}`;
    return { ...item, name: label, interval: item.interval ?? modbus.interval };
  });
  for (const [i, item] of targets.entries()) {
    const earlier = targets.slice(0, i);
    const report = (key: string, message: string) =>
      settings.report({ key: settings.origin(`modbus.targets[${i}].${key}`).key, message });
    const isSame = (other: ModbusTargetConfig) => withPort(other.address) === withPort(item.address);
    if (earlier.some((other) => other.name === item.name))
      report('name', `duplicate target name ${JSON.stringify(item.name)}`);
    else if (earlier.some((other) => isSame(other) && other.unit === item.unit))
      report('address', `the same inverter twice: ${withPort(item.address)}, unit ${item.unit}`);
    else if (earlier.some((other) => isSame(other) && other.framing !== item.framing))
      report('framing', `two framings for ${withPort(item.address)}: a gateway has one`);
  }
  return { ...modbus, targets, historyDays: history.enabled ? history.days : 0 };
}

/** `host:port`. */
function withPort(address: string): string {
  const { host, port } = parseAddress(address);
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Host without brackets, and port. */
export function parseAddress(address: string): { readonly host: string; readonly port: number } {
  const [, ipv6, host = '', port = MODBUS_PORT] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(address) ?? [];
  return { host: ipv6 ?? host, port: Number(port) };
}

/** `[name=]host[:port][/unit]` or `[name=]rtu+tcp://host:port/unit`. */
function targetFromText(text: string): Readonly<Record<string, string>> {
  const [, label, scheme, address = '', unit] =
    /^(?:([^=]*)=)?\s*(?:(tcp|rtu\+tcp):\/\/)?(.*?)(?:\/([^/]*))?$/s.exec(text) ?? [];
  return {
    ...(label !== undefined && { name: label.trim() }),
    ...(scheme === 'rtu+tcp' && { framing: 'rtu-tcp' }),
    ...(unit !== undefined && { unit: unit.trim() }),
    address: address.trim(),
  };
}
