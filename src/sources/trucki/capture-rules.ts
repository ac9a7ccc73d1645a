import type { CaptureRules } from '../../model/capture.ts';

/**
 * What the keys of a stick's answers hold. `/json` of old firmware has the settings too: passwords, names, and the
 * address of the meter, which may carry a password of its own.
 */
export const captureRules: CaptureRules = {
  path: /json[a-z]{0,10}$/,
  contents: [
    [/PASS|BEARER|TOKEN|SECRET|USER$|SSID/i, 'secret'],
    [/NAME$|^TIMEZONE$|^JSONKEYS$/i, 'name'],
    [/URL$|SERVER$|HOST$|^(LOCAL|SUN[23])IP$|^STATIC|^BSSID$|^MAC$/i, 'address'],
    [/SERIAL/i, 'serial'],
    [
      /^(UPTIME|TIME|VERSION|RSSI|WIFI|MQTT|FAULT|MWPCSTATE|MQTT_(STATE|ZEPC)_VALUE)$|POWER(SUN[23])?$/i,
      'plain',
    ],
  ],
};
