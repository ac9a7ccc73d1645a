import type { CaptureRules } from '../../model/capture.ts';
import { allFamilies } from './families/all.ts';
import { busFamilies } from './families/bus.ts';

/** Parameters that name devices; an answer about several repeats their list under the same name. */
const params = allFamilies.flatMap(({ last, batch }) => [last.param, ...(batch ? [batch.param] : [])]);

/**
 * What the keys of Growatt's answers hold, and the parameters of its calls. Families spell one thing in many ways
 * (`device_sn`, `serialNum`, `dataLogSn`, `tlx_sn`, `tlxs`), so these are patterns.
 */
export const captureRules: CaptureRules = {
  path: /v[14](?:\/[\w-]+){1,5}$/,
  contents: [
    [/token|passw|pwd|secret|cookie|^auth/i, 'secret'],
    [/^(latitude|longitude|lat|lng|lon)(_[df])?$|^plant_?(lat|lng|lon)$/i, 'place'],
    // What calls ask for and say of themselves, and the vendor's words.
    [
      /^(error_code|error_msg|code|message|msg|page|perpage|pageNum|date|start_date|end_date|time_unit)$/i,
      'plain',
    ],
    // The name of a meter or a sensor is its model.
    [
      /^(device_?type|device_name|plant_type|model|manufacturer|timezone|currency|create_date)$|(text|status|mode|version)$/i,
      'plain',
    ],
    [new RegExp(`sn$|^sn|serial|data_?log|^(${params.join('|')})$`, 'i'), 'serial'],
    [/(^|_|plant|user|device|inverter|group|dealer|operator|installer|owner)id$/i, 'serial'],
    [/^(operator|installer)$|phone|mobile|^zip|postal|(^|_)(imei|iccid|imsi)$/i, 'serial'],
    [/name$|alias|^(user|owner|contact|company|locale|location)$/i, 'name'],
    [/country|city$|province|district|street/i, 'name'],
    [/mail|url$|host$|domain|^ip$|_ip$|mac_?addr/i, 'address'],
  ],
  words: new RegExp(`(?:${busFamilies.map(({ listedAs }) => listedAs.source).join('|')})[a-z_]*$`, 'i'),
  // Keys of measured values are never in capitals throughout.
  serialKeys: /^(?=.*\d)[A-Z0-9]{6,30}$/,
};
