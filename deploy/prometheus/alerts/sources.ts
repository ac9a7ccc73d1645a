import type { Alert } from '../alert.ts';
import { PLANT } from '../alert.ts';
import { limit } from '../limits.ts';

/** Sources of the cloud and of the agent itself; sticks and local inverters have alerts of their own. */
const NOT_LOCAL = 'source!~"(trucki|modbus)/.*"';
const UNAUTHORIZED = 'solar_agent_requests_total{outcome="unauthorized"}';

/** Whether accounts, plants, sticks and local inverters can be read. */
export const sourceAlerts: readonly Alert[] = [
  {
    name: 'SolarSourceDown',
    severity: 'critical',
    for: '10m',
    expr:
      `time() - max by (source) (solar_agent_last_poll_success_timestamp_seconds{${NOT_LOCAL}}) > ${limit('source_down_seconds')}` +
      ` or sum by (source) (solar_agent_polls_total{outcome="failure",${NOT_LOCAL}}) > 0` +
      ' unless on (source) solar_agent_last_poll_success_timestamp_seconds',
    summary: '{{ $labels.source }} cannot be read.',
    description:
      'No poll of this source has succeeded for a long time, or none since the agent started. Its last values end after STALE_AFTER.',
    action:
      'The status page of the agent and its log name the reason. If the cloud or the network is down, wait: the agent tries again by itself, ever more rarely.',
  },
  {
    name: 'SolarAccountRefused',
    severity: 'critical',
    for: '15m',
    expr:
      'max by (account) (growatt_account_up) == 0 and on (account) label_replace(' +
      `sum by (source) (increase(${UNAUTHORIZED}[2h]) > 0 or ${UNAUTHORIZED} unless ${UNAUTHORIZED} offset 2h)` +
      ', "account", "$1", "source", "growatt/(.*)")',
    summary: 'The cloud refuses the token of the account {{ $labels.account }}.',
    description: 'The token was renewed or withdrawn, or it belongs to another region.',
    action:
      'Copy the token from ShinePhone or the web portal again, and compare the region of the account with GROWATT_REGION. The agent asks again every quarter of an hour; a restart is needed for a new token, unless it is in a file and the agent is reloaded.',
  },
  {
    name: 'SolarCallsLimited',
    severity: 'warning',
    for: '0m',
    expr: `sum by (source) (increase(solar_agent_requests_total{outcome="rate-limited"}[6h])) > ${limit('limited_calls')}`,
    summary: 'The cloud refuses calls of {{ $labels.source }} as too frequent.',
    description:
      'The agent calls less often by itself, so readings come later. A locked account can be the next step.',
    action:
      'Find out whether another program uses the same token, such as Home Assistant, a second agent or a phone app by the API. If not, set a longer COLLECT_INTERVAL.',
  },
  {
    name: 'SolarPlantUnreadable',
    severity: 'warning',
    for: '2h',
    expr: 'max by (plant_id) (growatt_up) == 0',
    summary: `The plant ${PLANT} cannot be read.`,
    description: 'The account answers, but not for this plant or not for all of its devices.',
    action:
      'The log of the agent says which device was refused and why. Compare with the plant in ShinePhone: a device that was removed or moved to another account is dropped at the next discovery.',
  },
  {
    name: 'SolarStickUnreachable',
    severity: 'warning',
    for: '10m',
    expr: 'max by (stick) (trucki_up) == 0',
    summary: 'The Trucki stick {{ $labels.stick }} does not answer.',
    description:
      'The stick is off, out of reach of the Wi-Fi, or has another address; or its password was changed.',
    action:
      'Open the address of the stick in a browser on the machine of the agent. Give the stick a fixed address in the router. A stick serves one client at a time: close its pages in other browsers.',
  },
  {
    name: 'SolarInverterUnreachable',
    severity: 'warning',
    for: '10m',
    expr: 'max by (target) (growatt_modbus_up) == 0',
    summary: 'The inverter {{ $labels.target }} does not answer on the local network.',
    description:
      'The inverter or its gateway does not answer over Modbus. An inverter that sleeps is not reported.',
    action:
      'See whether the gateway has another address, and whether another program holds its only connection. Values of the cloud are shown in the meantime where the account has the inverter.',
  },
];
