import { catalogue } from '../catalogue.ts';
import { urlWithCredentials } from '../settings/addresses.ts';
import { anyText, duration, Invalid, name, text } from '../settings/format.ts';
import { pairs, type Resolved, setting } from '../settings/setting.ts';
import { PUSHED_LABELS } from '../telemetry/own-catalogue.ts';

/** Labels of samples: the Pushgateway would replace them by a label of the group, and so merge series. */
const TAKEN = new Set([...catalogue.flatMap(({ labels }) => labels), ...PUSHED_LABELS]);

const form = text(
  'label=value with a label of letters, digits and _, not beginning with a digit or with __',
  (given) => /^(?!__)[A-Za-z_]\w*$/.test(given),
);

const label = {
  ...form,
  parse(given: string) {
    if (given === 'job') return new Invalid('must not hold job, which PUSHGATEWAY_JOB gives');
    if (TAKEN.has(given)) return new Invalid(`must not hold ${given}, which is a label of the metrics`);
    return form.parse(given);
  },
};

/** Where push mode sends to, and the group it replaces there; durations are milliseconds. */
export type Pushgateway = Resolved<typeof pushgatewaySettings>;

/** The section `pushgateway` of the file. */
export const pushgatewaySettings = {
  url: setting(urlWithCredentials, {
    env: 'PUSHGATEWAY_URL',
    default: 'http://localhost:9091',
    doc: 'Pushgateway of push mode; may carry `user:password@`.',
  }),
  job: setting(name, {
    env: 'PUSHGATEWAY_JOB',
    default: 'growatt_exporter',
    doc: 'The label `job` of what is pushed. Each push replaces the group of the same job and grouping labels.',
  }),
  grouping: pairs(
    {
      label: setting(label, { required: true, doc: 'Name of the label.' }),
      value: setting(anyText, { default: '', doc: 'Its value, which may be empty.' }),
    },
    {
      env: 'PUSHGATEWAY_GROUPING',
      unique: { what: 'label', keys: ['label'] },
      doc: "Further labels of the group, such as `instance=home,site=roof`; in the file also a mapping. Agents with the same job need different ones. They cannot be the metrics' own labels.",
    },
  ),
  timeout: setting(duration('100ms'), {
    env: 'PUSHGATEWAY_TIMEOUT',
    default: '10s',
    doc: 'How long one try to push may take; there are three.',
  }),
};
