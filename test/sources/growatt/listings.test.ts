import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  parseBusDevices,
  parseDevices,
  parsePlants,
  parseV4Devices,
} from '../../../src/sources/growatt/listings.ts';

const plants = (...rows: unknown[]) => parsePlants({ data: { count: rows.length, plants: rows } });
const devices = (...rows: unknown[]) => parseDevices({ data: { count: rows.length, devices: rows } });

test('a plant has its id, name, place and rated power', () => {
  const row = { plant_id: 1234567, name: ' Dach\u0000 Süd', peak_power: 9.2, status: 1 };
  const { count, rows } = plants({
    ...row,
    city: 'Musterstadt',
    country: 'Germany',
    latitude: '',
    longitude: '',
  });
  assert.equal(count, 1);
  const [plant] = rows;
  assert.equal(plant?.id, '1234567');
  assert.equal(plant.name, 'Dach Süd');
  assert.equal(plant.location, 'Musterstadt, Germany');
  assert.equal(plant.peakPowerKw, '9.2');
  assert.equal(plant.status, 1);
});

test('the location is coordinates, or city and country, or the one of them that is known', () => {
  const place = (row: object) => plants({ plant_id: 1, ...row }).rows[0]?.location;
  assert.equal(place({ latitude: '52.50', longitude: '13.4', city: 'Berlin' }), '52.5,13.4');
  assert.equal(place({ latitude: 0, longitude: -1 }), '0,-1', 'which in readings would be a marker');
  assert.equal(place({ latitude: '52.5', longitude: '', city: 'Berlin' }), 'Berlin');
  assert.equal(place({ latitude: 'north', longitude: 'east', country: 'Germany' }), 'Germany');
  assert.equal(place({ city: null, country: undefined }), '');
});

test('a place is known where both coordinates can be true', () => {
  const place = (latitude: unknown, longitude: unknown) =>
    plants({ plant_id: 1, latitude, longitude }).rows[0]?.place;
  assert.deepEqual(place('52.50', '-13.4'), { latitude: 52.5, longitude: -13.4 });
  assert.deepEqual(place(0, 100), { latitude: 0, longitude: 100 });
  assert.equal(place('0', '0'), undefined, 'which an owner leaves who states none');
  assert.equal(place('52.5', ''), undefined);
  assert.equal(place('', '13.4'), undefined);
  assert.equal(place(91, 13), undefined);
  assert.equal(place(52, 181), undefined);
});

test('the rated power may be text or missing', () => {
  const power = (peak_power: unknown) => plants({ plant_id: 1, peak_power }).rows[0]?.peakPowerKw;
  assert.equal(power('0.80'), '0.8');
  assert.equal(power(20), '20');
  assert.equal(power(''), '');
  assert.equal(power(null), '');
});

test('malformed rows are left out, and the count tells that there were more', () => {
  const good = { device_sn: 'A', type: 7 };
  const { rows, count } = devices(good, null, 5, {}, { device_sn: '', type: 7 }, [good]);
  assert.deepEqual(
    rows.map(({ sn }) => sn),
    ['A'],
  );
  assert.equal(count, 6);
});

test('a device without a type, or with one that is no number, is listed without one', () => {
  const typeOf = (row: object) => devices({ device_sn: 'A', ...row }).rows[0]?.type;
  assert.deepEqual(
    [{}, { type: null }, { type: '' }, { type: 'MIN' }, { type: 7.5 }].map(typeOf),
    Array(5).fill(undefined),
  );
  assert.deepEqual(
    [7, '7', ' 7 ', 0].map((type) => typeOf({ type })),
    [7, 7, 7, 0],
  );
});

test('the count may be text, and without one the rows are counted', () => {
  assert.equal(parsePlants({ data: { count: '12', plants: [] } }).count, 12);
  assert.equal(parsePlants({ data: { count: 'many', plants: [{ plant_id: 1 }] } }).count, 1);
  assert.equal(parsePlants({ data: { plants: [{ plant_id: 1 }] } }).count, 1);
  const { count, rows } = parsePlants({ data: { count: 0, plants: null } });
  assert.deepEqual([count, rows], [0, []]);
});

test('an answer without the list is malformed', () => {
  const broken = [{}, { data: '' }, { data: null }, { data: [] }, { data: { plants: 'none' } }, 5, null];
  for (const envelope of broken) {
    assert.throws(() => parsePlants(envelope), { kind: 'malformed' }, JSON.stringify(envelope));
  }
});

test('a device has its serial number, type, model and datalogger', () => {
  const { rows } = devices({
    device_sn: 'ABC1234567',
    type: '7',
    model: ' MIN 6000TL-XH ',
    datalogger_sn: 'XGD1A23456',
    lost: false,
    last_update_time: '2025-06-12 11:06:34',
  });
  assert.deepEqual(rows[0], {
    sn: 'ABC1234567',
    type: 7,
    model: 'MIN 6000TL-XH',
    dataloggerSn: 'XGD1A23456',
    lost: false,
    lastUpdate: '2025-06-12 11:06:34',
  });
});

test('a device may be lost in three spellings', () => {
  const lost = (value: unknown) => devices({ device_sn: 'A', type: 7, lost: value }).rows[0]?.lost;
  assert.deepEqual([true, 'true', '1', false, '0', undefined, null].map(lost), [
    true,
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

test('meters, which all have one name, are distinguished by their datalogger', () => {
  const { rows } = devices(
    { device_sn: 'AMMETER', type: 3, datalogger_sn: 'LOG1' },
    { device_sn: 'AMMETER', type: 3, datalogger_sn: 'LOG2' },
  );
  assert.deepEqual(
    rows.map(({ sn }) => sn),
    ['AMMETER-LOG1', 'AMMETER-LOG2'],
  );
});

test('what hangs on a bus has an address, and v4 devices a family', () => {
  const meters = {
    data: { count: 2, meters: [{ address: 1, device_name: 'SDM_THREE' }, { device_name: 'x' }] },
  };
  assert.deepEqual(parseBusDevices(meters, 'meters').rows, [{ address: '1', model: 'SDM_THREE' }]);
  const rows = [{ deviceSn: 'N1', deviceType: 'noah', datalogSn: 'LOG' }, { deviceSn: 'N2' }];
  assert.deepEqual(parseV4Devices({ data: { count: 2, data: rows } }).rows, [
    { sn: 'N1', word: 'noah', dataloggerSn: 'LOG' },
  ]);
});
