import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { energyText, powerText } from '../../src/export/page/numbers.ts';
import { parseQuery } from '../../src/export/page/query.ts';
import { script } from '../../src/export/page/script.ts';
import { duration } from '../../src/export/page/times.ts';
import { pageHeaders, renderPage } from '../../src/export/page.ts';
import type { ShownSample } from '../../src/model/overview.ts';
import type { SourceStatus, Status } from '../../src/model/status.ts';
import type { Curve } from '../../src/view/curves.ts';
import { device, expectedOf, fleetSamples, overviewOf, plant, samplesOf } from '../view/support.ts';
import { someStatus, viewOf } from './fake-surface.ts';

const now = someStatus.startTime + 86_400;

const failing: SourceStatus = {
  name: 'growatt/parents',
  state: 'failing',
  circuit: 'open',
  intervalSeconds: 1800,
  lastSuccess: now - 7200,
  nextPoll: now + 192,
  failures: 5,
  problem: 'the cloud does not answer',
  advice: 'check the network and the address',
};

interface PageOf {
  readonly status?: Partial<Status>;
  readonly samples?: readonly ShownSample[];
  readonly url?: string;
  readonly curve?: Curve;
}

async function pageOf({ status = {}, samples = [], url = '/', curve }: PageOf = {}): Promise<string> {
  const view = viewOf({ ...someStatus, ...status }, await overviewOf(samples));
  return renderPage(view, parseQuery(url), () => curve);
}

/** The text of the page, blanks of every kind collapsed. */
function textOf(page: string): string {
  return page
    .replace(/<(style|script)>.*?<\/\1>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

const hybrid = device(
  '1',
  'SPH1',
  {
    inverter_status: 1,
    pv_power_watts: 3420,
    pv_energy_today_kwh: 12.34,
    battery_soc_percent: 64,
    battery_charge_power_watts: 1200,
    grid_import_power_watts: 0,
    grid_export_power_watts: 1400,
    load_power_watts: 820,
    last_update_timestamp_seconds: now - 180,
  },
  'SPH 6000',
);
const home = [...plant('1', 'Our home', { growatt_energy_month_kwh: 1234 }), ...hybrid];

test('on top are power now, energy today, battery, grid and house, and the flow between them in a sentence', async () => {
  const page = await pageOf({ samples: home });
  const text = textOf(page);
  assert.match(text, /Power now 3\.42 kW/);
  assert.match(text, /Energy today 12\.3 kWh 1\.23 MWh this month/);
  assert.match(text, /Battery 64 % charging 1\.20 kW/);
  assert.match(text, /Grid export 1\.40 kW/);
  assert.match(text, /House 820 W/);
  const [, sentence] = /aria-label="(Flow of power now:[^"]*)"/.exec(page) ?? [];
  assert.equal(
    sentence?.replaceAll('\u00a0', ' '),
    'Flow of power now: sun 3.42 kW, battery charging with 1.20 kW at 64 %, fed into the grid 1.40 kW, house consumes 820 W',
  );
});

test('power flows from the sun to the middle, and from there to the house, battery and grid that take it', async () => {
  const page = await pageOf({ samples: home });
  const lineOf = (kind: string) => new RegExp(`<path class="link flows ${kind}" d="([^"]*)"`).exec(page)?.[1];
  assert.equal(lineOf('sun'), 'M200 50L200 150');
  for (const kind of ['house', 'battery', 'grid']) assert.match(lineOf(kind) ?? '', /^M200 150L/, kind);
});

test('what does not exist is not drawn and has no figure', async () => {
  const page = await pageOf({
    samples: [...plant('1', 'A'), ...device('1', 'M', { current_power_watts: 500 })],
  });
  assert.doesNotMatch(page, /class="flow"/);
  assert.doesNotMatch(textOf(page), /Battery|Grid|House/);
  assert.match(textOf(page), /Power now 500 W/);
});

test('a card has the name, the energies, each inverter with its state in words, and the age of the reading', async () => {
  const text = textOf(await pageOf({ samples: home }));
  assert.match(text, /Our home Berlin OK 3\.42 kW 3 min ago/);
  assert.match(text, /Today 12\.3 kWh Month 1\.23 MWh Year –/);
  assert.match(text, /SPH 6000 SPH1 Normal · 3 min ago 3\.42 kW · 64 %/);
});

test('a plant that could not be read says that its values are the last ones', async () => {
  const up = (value: number) => samplesOf({ plant_id: '1' }, { growatt_up: value });
  assert.match(textOf(await pageOf({ samples: [...home, ...up(0)] })), /could not be read when last tried/);
  assert.doesNotMatch(textOf(await pageOf({ samples: [...home, ...up(1)] })), /could not be read/);
});

test('coordinates are no place that people know', async () => {
  const info = { plant_id: '1', plant_name: 'A', location: '52.52,13.41' };
  assert.doesNotMatch(
    textOf(await pageOf({ samples: samplesOf(info, { growatt_plant_info: 1 }) })),
    /52\.52/,
  );
});

test('the curve is drawn from today and yesterday, with a sentence for those who do not see it', async () => {
  const day = (from: number, watts: number) =>
    new Float32Array(288).fill(Number.NaN).fill(watts, from, from + 6);
  const curve = { today: day(144, 4000), yesterday: day(120, 2000) };
  curve.today[170] = 100;
  const page = await pageOf({ samples: home, curve });
  assert.match(
    page.replaceAll('\u00a0', ' '),
    /aria-label="Power of Our home: highest today 4\.00 kW at 12:00, highest yesterday 2\.00 kW at 10:00"/,
  );
  const [, line = ''] = /<path class="line" d="([^"]*)"/.exec(page) ?? [];
  assert.equal(line.match(/M/g)?.length, 2, 'what is not known for hours is a gap');
  assert.match(page, /<span>06:00<\/span>/);
});

test('what is expected is a dashed line with a legend, and figures beside those of the plant', async () => {
  const day = (step: number, watts: number) =>
    new Float32Array(288).fill(Number.NaN).fill(watts, step, step + 6);
  const curve = { today: day(144, 4000), yesterday: day(120, 2000), expected: day(150, 5000) };
  const samples = [...home, ...expectedOf('1', 4600)];
  const page = (await pageOf({ samples, curve })).replaceAll('\u00a0', ' ');
  assert.match(page, /highest yesterday 2\.00 kW at 10:00, highest expected today 5\.00 kW at 12:30"/);
  assert.match(page, /<path class="expected" d="M[^"]+"/);
  const text = textOf(page);
  assert.match(text, /Dashed: expected/);
  assert.match(text, /4\.60 kW expected now/);
  assert.match(text, /Expected today 23\.0 kWh Expected tomorrow 18\.4 kWh Performance ratio 83 %/);
  assert.match(text, /Energy today [\d.]+ kWh 23\.0 kWh expected/);
  const plain = await pageOf({ samples: home, curve: { today: curve.today, yesterday: curve.yesterday } });
  assert.doesNotMatch(textOf(plain), /[Ee]xpected/);
});

test('what the day is worth has its currency, and a note where it was not counted from midnight on', async () => {
  const view = viewOf(someStatus, await overviewOf(home));
  const worth = { currency: 'EUR', total: 100, today: 3.214 };
  const of = (more: object) => {
    const shown = { ...worth, ...more };
    const plants = view.plants.map((one) => ({ ...one, worth: shown }));
    return textOf(renderPage({ ...view, worth: shown, plants }, parseQuery('/'), () => undefined));
  };
  assert.equal(of({}).match(/Worth today €3\.21/g)?.length, 2, 'at the top and on the card');
  assert.doesNotMatch(of({}), /counted for/);
  assert.match(of({ since: view.time - 7200 }), /Worth today €3\.21 counted for 2 h/);
  assert.doesNotMatch(of({ today: undefined }), /Worth/);
  assert.doesNotMatch(of({ since: view.time - 20, today: 0 }), /Worth/, 'nothing was counted yet');
  assert.match(of({ today: 0 }), /Worth today €0\.00/);
});

test('a source says when it was read and when it is read next, and what to do about its problem', async () => {
  const text = textOf(await pageOf({ status: { sources: [failing] } }));
  assert.match(
    text,
    /Source growatt\/parents growatt\/parents Failing last read 2 h ago · next read in 3 min 12 s · every 30 min/,
  );
  assert.match(
    text,
    /Paused after 5 failures: one try for each read until it answers\. The cloud does not answer\. Check the network and the address\./,
  );
  assert.doesNotMatch(text, /circuit|half-open/);
});

test('each state of a source has its word and its colour, and those without a problem explain themselves', async () => {
  const pageIn = (state: SourceStatus['state']) =>
    pageOf({ status: { sources: [{ name: 'a/b', state, circuit: 'closed', intervalSeconds: 5 }] } });
  const expected = {
    ok: /class="badge ok">OK</,
    starting: /class="badge starting">Starting<.*first read is under way/s,
    waiting: /class="badge waiting">Waiting<.*restarted.*first read waits/s,
    empty: /class="badge empty">Empty<.*has no plants.*Add a plant/s,
    failing: /class="badge failing">Failing</,
  } as const;
  for (const [state, words] of Object.entries(expected))
    assert.match(await pageIn(state as SourceStatus['state']), words, state);
});

test('the summary counts the sources of every state, and of many only the worst are listed', async () => {
  const states = ['ok', 'waiting', 'failing', 'starting', 'empty', 'ok'] as const;
  const source = (state: SourceStatus['state'], i: number) => ({
    ...someStatus.sources[0]!,
    name: `a/${i}`,
    state,
  });
  const text = textOf(await pageOf({ status: { sources: states.map(source) } }));
  assert.match(text, /Sources 2 ok, 1 waiting, 1 starting, 1 empty, 1 failing/);
  const many = Array.from({ length: 500 }, (_, i) => source(i === 400 ? 'failing' : 'ok', i));
  const page = textOf(await pageOf({ status: { sources: many } }));
  assert.match(page, /a\/400 Failing/);
  assert.match(page, /And 490 more: 490 ok/);
  assert.doesNotMatch(page, /a\/300/);
});

test('a page without plants says why, and what comes next', async () => {
  const hintOf = async (...states: readonly SourceStatus['state'][]) => {
    const sources = states.map((state) => ({ ...someStatus.sources[0]!, state }));
    return textOf(await pageOf({ status: { sources } }));
  };
  assert.match(
    await hintOf('starting', 'waiting'),
    /appear here as soon as they have been read for the first time/,
  );
  assert.match(await hintOf('empty'), /has no plants yet/);
  assert.match(await hintOf('failing', 'waiting'), /Nothing could be read yet/);
  assert.match(await hintOf('ok', 'failing'), /No plant or stick is known yet/);
});

test('a plant whose inverters sleep, or were not read yet, says so in place of a power', async () => {
  const asleep = [...plant('1', 'A'), ...device('1', 'M', { inverter_status: 0 })];
  assert.match(textOf(await pageOf({ samples: asleep })), /Power now – All inverters are asleep\./);
  const listed = textOf(await pageOf({ samples: plant('1', 'A') }));
  assert.match(listed, /The first reading is under way\./);
  assert.match(listed, /No inverter of this plant is known yet/);
  assert.match(listed, /The curve of today begins with the first reading/);
});

test('a shard without a source, and an agent without one, say so', async () => {
  const shard = { index: 1, count: 3, sources: 2 };
  assert.match(
    textOf(await pageOf({ status: { sources: [], shard } })),
    /Shard 1\/3 has none of the 2 configured sources/,
  );
  assert.match(textOf(await pageOf({ status: { sources: [] } })), /No source is configured/);
});

test('beyond ten plants there is a table, the worst first, in pages', async () => {
  const samples = fleetSamples(60);
  const first = await pageOf({ samples });
  assert.equal(first.match(/<tr role="row" id=/g)?.length, 25);
  const names = [...first.matchAll(/href="\/\?plant=\d+">([^<]*)</g)].map(([, name]) => name);
  assert.deepEqual(names.slice(0, 4), ['Plant 1', 'Plant 2', 'Plant 3', 'Plant 4']);
  assert.match(textOf(first), /Need a look 2 1 with a fault, 1 silent/);
  assert.match(textOf(first), /1 to 25 of 60 Next/);
  const last = textOf(await pageOf({ samples, url: '/?page=3' }));
  assert.match(last, /Previous 51 to 60 of 60/);
  assert.equal(textOf(await pageOf({ samples, url: '/?page=99' })), last);
});

test('a yield far below the median of the fleet is marked, and comes before the others', async () => {
  const shaded = [
    ...plant('x', 'Shaded', { growatt_plant_peak_power_watts: 10_000 }),
    ...device('x', 'X', { inverter_status: 1, energy_today_kwh: 10 }),
  ];
  const page = await pageOf({ samples: [...fleetSamples(20), ...shaded] });
  const text = textOf(page);
  assert.match(text, /Shaded OK – 10.0 kWh 1\.00 50 % of median/);
  assert.ok(
    text.indexOf('Shaded') > text.indexOf('Plant 2 ') && text.indexOf('Shaded') < text.indexOf('Plant 3 '),
  );
});

test('a fleet is searched by name, serial number and state, and one of it is shown as a card', async () => {
  const samples = fleetSamples(60);
  const rowsOf = async (q: string) =>
    textOf(await pageOf({ samples, url: `/?${new URLSearchParams({ q })}` }));
  assert.match(await rowsOf('sn17'), /Plant 17 .* 1 to 1 of 1/);
  assert.match(await rowsOf('FAULT'), /Plant 1 Fault .* 1 to 1 of 1/);
  assert.match(await rowsOf('nowhere'), /Nothing matches “nowhere”/);
  const card = await pageOf({ samples, url: '/?plant=17' });
  assert.match(textOf(card), /All plants and sticks Plant 17 Berlin/);
  assert.match(textOf(await pageOf({ samples, url: '/?plant=999' })), /is not known/);
});

test('a page of a thousand plants is no larger than one of a hundred', async () => {
  const sizeOf = async (count: number) => (await pageOf({ samples: fleetSamples(count) })).length;
  assert.ok((await sizeOf(1000)) < 1.02 * (await sizeOf(100)));
});

test('a query that makes no sense is left out', () => {
  const none = { search: '', page: 1, plant: undefined, stick: undefined };
  assert.deepEqual(parseQuery('/?page=0&q=%20&plant='), none);
  assert.deepEqual(parseQuery('/?page=1e9&%%%'), none);
  assert.equal(parseQuery(`/?q=${'x'.repeat(5000)}`).search.length, 100);
});

test('the page links to every other view and to nothing outside', async () => {
  const urls = [...(await pageOf({ samples: home })).matchAll(/(?:href|src|action)="([^"]*)"/g)].map(
    ([, url]) => url,
  );
  assert.match(urls[0] ?? '', /^data:image\/svg\+xml,/);
  assert.deepEqual(urls.slice(1), ['/metrics', '/api/v1/status', '/healthz', '/readyz']);
});

test('the page says so when the data is simulated, and only then', async () => {
  assert.match(await pageOf({ status: { simulated: true } }), /Simulated data/);
  assert.doesNotMatch(await pageOf(), /[Ss]imulat/);
});

test('a clock that was set back shows no negative time', async () => {
  const sources = [{ ...failing, lastSuccess: now + 500, nextPoll: now - 500 }];
  assert.match(textOf(await pageOf({ status: { sources } })), /last read 0 s ago · next read now/);
});

test('whatever plants, sticks and sources are called and say, no markup comes of it', async () => {
  const shape = (page: string) => page.match(/<[^>]*>/g)?.map((tag) => tag.replace(/"[^"]*"/g, '""'));
  const pageWith = (text: string) =>
    pageOf({
      status: {
        version: text,
        sources: [{ ...failing, name: `a/${text}`, problem: `x${text}`, advice: `y${text}` }],
      },
      samples: [
        ...plant('1', `P${text}`),
        ...device('1', `S${text}`, { inverter_status: 1 }, `M${text}`),
        ...samplesOf({ stick: `T${text}` }, { trucki_up: 1 }),
      ],
    });
  const plain = shape(await pageWith('b'));
  const nasty = fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', 'b', '/', '=', ' ', '<script>') });
  await fc.assert(
    fc.asyncProperty(nasty, async (text) => assert.deepEqual(shape(await pageWith(text)), plain)),
  );
});

test('the policy allows one style sheet and one script by their hashes, and nothing from elsewhere', async () => {
  const page = await pageOf();
  const policy = pageHeaders['Content-Security-Policy'];
  for (const tag of ['style', 'script']) {
    const [, text = ''] = new RegExp(`<${tag}>(.*)</${tag}>`, 's').exec(page) ?? [];
    const hash = createHash('sha256').update(text).digest('base64');
    assert.ok(policy.includes(`${tag}-src 'sha256-${hash}';`), tag);
  }
  assert.match(policy, /^default-src 'none'; /);
  assert.doesNotMatch(policy, /unsafe|\*|http/);
  assert.doesNotMatch(page, / style="| on[a-z]+="/);
});

test('powers and energies have the digits that count', () => {
  const plain = (text: string) => text.replaceAll('\u00a0', ' ');
  const powers = [undefined, 0, 7.4, 812, 999.7, 3421, 34_210, 342_100, 3.4e6, -1500];
  assert.deepEqual(
    powers.map((watts) => plain(powerText(watts))),
    ['–', '0 W', '7 W', '812 W', '1.00 kW', '3.42 kW', '34.2 kW', '342 kW', '3.40 MW', '-1.50 kW'],
  );
  assert.deepEqual(
    [0, 0.04, 0.1, 9.87, 12.34, 1300.8].map((kwh) => plain(energyText(kwh))),
    ['0.0 kWh', '0.0 kWh', '0.1 kWh', '9.9 kWh', '12.3 kWh', '1.30 MWh'],
  );
});

test('the script of the page words times as the server does', () => {
  const [source] = /function duration[\s\S]*?\n {2}}\n/.exec(script) ?? [];
  const [units] = /const units = .*;/.exec(script) ?? [];
  const inBrowser = new Function(`${units} ${source} return duration;`)() as typeof duration;
  for (const seconds of [-5, 0, 0.6, 59.6, 60, 192, 3599, 3600, 7380, 86_400, 200_000]) {
    for (const isExact of [true, false])
      assert.equal(inBrowser(seconds, isExact), duration(seconds, isExact), String(seconds));
  }
  assert.equal(duration(192, true).replaceAll('\u00a0', ' '), '3 min 12 s');
});

test('the time of the page is that of its values', async () => {
  assert.match(await pageOf(), new RegExp(`data-now="${now}\\.0"`));
});
