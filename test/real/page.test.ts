import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { demo } from '../../src/cli/commands/demo.ts';
import { startServer } from '../../src/export/server.ts';
import type { ShownSample } from '../../src/model/overview.ts';
import type { SourceStatus } from '../../src/model/status.ts';
import type { Overview } from '../../src/view/overview.ts';
import type { StatusView } from '../../src/view/status-api.ts';
import { testProgram } from '../cli/program.ts';
import { someStatus, surfaceOf, viewOf } from '../export/fake-surface.ts';
import { memoryLog } from '../helpers/log.ts';
import { device, fleetSamples, overviewOf, plant, samplesOf } from '../view/support.ts';
import { axeFindings, isTooWide, openPage, PHONE, startBrowser, WIDE } from './browser.ts';

let browser: Browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser.close());

const schemes = ['light', 'dark'] as const;

/** A server whose page shows what `view` says at the moment. */
async function serveView(t: TestContext, view: () => StatusView, port = 0) {
  const start = (at: number) =>
    startServer({
      listen: { host: '127.0.0.1', port: at },
      surface: { ...surfaceOf(), view: async () => ({ ...view(), time: Date.now() / 1000 }) },
      log: memoryLog(),
    });
  const running = { server: await start(port) };
  t.after(() => running.server.close(0));
  return {
    url: `${running.server.url}/`,
    running,
    restart: async () => {
      running.server = await start(running.server.address.port);
    },
  };
}

const view = async (...samples: readonly (readonly ShownSample[])[]) =>
  viewOf(someStatus, await overviewOf(...samples));

const powered = (watts: number) => [
  ...plant('1', 'Our home'),
  ...device('1', 'SPH1', {
    inverter_status: 1,
    pv_power_watts: watts,
    battery_soc_percent: 60,
    battery_charge_power_watts: 500,
  }),
];

test('the page of the demo shows sun, battery, house and grid, light and dark, on a wide screen and a phone', async (t) => {
  const { program, stop, written } = testProgram({ EXPORTER_LISTEN_ADDR: '127.0.0.1:0' });
  const ended = demo({ flags: {} }, program);
  t.after(async () => {
    stop();
    await ended;
  });
  const [url] = await written(/http:\/\/127\.0\.0\.1:\d+\/(?=")/);
  for (const viewport of [WIDE, PHONE]) {
    for (const colorScheme of schemes) {
      const { page, complaints } = await openPage(t, browser, url, { viewport, colorScheme });
      await page.getByText('SIMSPH0001').first().waitFor();
      await page.getByRole('img', { name: /Flow of power now: sun .* battery .* grid .* house/ }).waitFor();
      await page.getByRole('img', { name: /Power of Home in .*highest today .*highest yesterday/ }).waitFor();
      assert.match(await page.title(), /^[\d.]+\u00a0k?W · solar-otel-agent$/);
      assert.deepEqual(await axeFindings(page), []);
      assert.equal(await isTooWide(page), false);
      assert.deepEqual(complaints, []);
    }
  }
});

test('the page updates itself, and what is typed, the focus and the place stay', async (t) => {
  let shown = await view(fleetSamples(40));
  const { url } = await serveView(t, () => shown);
  const { page, complaints } = await openPage(t, browser, url);
  await page.evaluate('window.isSame = true');
  const search = page.getByRole('searchbox');
  await search.fill('half a wo');
  await page.getByRole('link', { name: 'Plant 20', exact: true }).focus();
  await page.evaluate('scrollTo(0, 400)');
  shown = await view(
    fleetSamples(40).map((sample) =>
      sample.metric === 'growatt_inverter_status' && sample.attributes.device_sn === 'SN20'
        ? { ...sample, value: 3 }
        : sample,
    ),
  );
  await page.getByText('2 with a fault').waitFor();
  const state = await page.evaluate<object>(`({
    isSame: window.isSame === true,
    focus: document.activeElement.textContent,
    scrolled: scrollY,
    typed: document.querySelector('input').value,
    second: document.querySelectorAll('tbody th')[1].textContent,
  })`);
  assert.deepEqual(state, {
    isSame: true,
    focus: 'Plant 20',
    scrolled: 400,
    typed: 'half a wo',
    second: 'Plant 20',
  });
  assert.deepEqual(complaints, []);
});

test('between two updates the times go on by the second', async (t) => {
  const at = Date.now() / 1000;
  const source = { ...someStatus.sources[0]!, lastSuccess: at - 30, nextPoll: at + 192 };
  const shown = viewOf({ ...someStatus, sources: [source] });
  const { url } = await serveView(t, () => shown);
  const { page } = await openPage(t, browser, url);
  const next = page.locator('[data-in]');
  const first = await next.textContent();
  assert.match(first ?? '', /^in 3\u00a0min \d+\u00a0s$/);
  // Another text than the first one.
  await page
    .locator('[data-in]')
    .filter({ hasNotText: first ?? '' })
    .waitFor();
  assert.match(
    (await next.textContent()) ?? '',
    /^in (3\u00a0min \d+|2\u00a0min 5\d)\u00a0s$|^in 3\u00a0min$/,
  );
});

test('while the agent does not answer the page says so, and takes it back', async (t) => {
  const shown = await view(powered(3000));
  const { url, running, restart } = await serveView(t, () => shown);
  const { page } = await openPage(t, browser, url);
  const message = page.getByText('The agent does not answer');
  assert.equal(await message.isVisible(), false);
  await running.server.close(0);
  await message.waitFor();
  assert.ok(await page.getByText('Our home').first().isVisible());
  await restart();
  await message.waitFor({ state: 'hidden' });
});

test('names that are markup are shown as they are and do nothing', async (t) => {
  const nasty = `<script>alert(1)</script>"><img src=x onerror=alert(2)>'&amp;`;
  const sources = [
    { ...someStatus.sources[0]!, name: `trucki/${nasty}`, problem: nasty, state: 'failing' as const },
  ];
  const overview = await overviewOf(
    plant('1', nasty),
    device('1', nasty, { inverter_status: 1 }, nasty),
    samplesOf({ stick: nasty }, { trucki_up: 1 }),
  );
  const shown = viewOf({ ...someStatus, sources }, overview);
  const { url } = await serveView(t, () => shown);
  const { page, complaints } = await openPage(t, browser, url);
  assert.equal(await page.getByRole('heading', { name: nasty, exact: true }).first().textContent(), nasty);
  assert.equal(await page.locator('img').count(), 0);
  assert.equal(await page.locator('script').count(), 1);
  assert.deepEqual(await axeFindings(page), []);
  assert.deepEqual(complaints, []);
});

/** A plant in each condition, a stick in each, and a source in each state. */
async function everyState(): Promise<StatusView> {
  const states: readonly SourceStatus['state'][] = ['ok', 'starting', 'waiting', 'empty', 'failing'];
  const sources = states.map((state, i) => ({
    ...someStatus.sources[0]!,
    name: `growatt/${state}`,
    state,
    lastSuccess: someStatus.startTime,
    ...(state === 'failing' && {
      circuit: 'open' as const,
      failures: 5,
      problem: 'it does not answer',
      advice: 'check the network',
    }),
    nextPoll: someStatus.startTime + 86_400 + 100 * i,
  }));
  const overview = await overviewOf(
    ...[0, 1, 2, 3, 4].map((status) => [
      ...plant(String(status), `Status ${status}`),
      ...device(String(status), `SN${status}`, {
        inverter_status: status,
        fault_code: status === 3 ? 302 : 0,
      }),
    ]),
    plant('new', 'Not read yet'),
    samplesOf({ stick: 'down' }, { trucki_up: 0 }),
    samplesOf({ stick: 'low' }, { trucki_up: 1, trucki_battery_low: 1 }),
  );
  return viewOf({ ...someStatus, sources, simulated: true }, overview);
}

const nothing: Partial<Overview> = {};
const pages: Readonly<Record<string, () => Promise<StatusView>>> = {
  'every state': everyState,
  'a fleet': () => view(fleetSamples(60)),
  'no reading yet': async () =>
    viewOf({ ...someStatus, sources: [{ ...someStatus.sources[0]!, state: 'starting' }] }, nothing),
  'a shard without a source': async () =>
    viewOf({ ...someStatus, sources: [], shard: { index: 1, count: 3, sources: 2 } }),
  'sticks only': () =>
    view(
      samplesOf(
        { stick: 'a' },
        { trucki_up: 1, trucki_inverter_ac_power_watts: 200, trucki_meter_power_watts: -50 },
      ),
    ),
};

for (const [what, make] of Object.entries(pages)) {
  test(`axe finds nothing on the page with ${what}, light and dark, wide and on a phone`, async (t) => {
    const shown = await make();
    const { url } = await serveView(t, () => shown);
    for (const viewport of [WIDE, PHONE]) {
      for (const colorScheme of schemes) {
        const { page, complaints } = await openPage(t, browser, url, { viewport, colorScheme });
        assert.deepEqual(await axeFindings(page), []);
        assert.equal(await isTooWide(page), false);
        assert.deepEqual(complaints, []);
      }
    }
  });
}

test('a fleet of a thousand plants is paged and searched with the keyboard alone', async (t) => {
  const shown = await view(fleetSamples(1000));
  const { url } = await serveView(t, () => shown);
  const { page, complaints } = await openPage(t, browser, url);
  assert.equal(await page.getByRole('row').count(), 26);
  await page.getByRole('link', { name: 'Next' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('26 to 50 of 1000').waitFor();
  await page.getByRole('searchbox').focus();
  await page.keyboard.type('SN777');
  await page.keyboard.press('Enter');
  await page.getByText('1 to 1 of 1').waitFor();
  await page.getByRole('link', { name: 'Plant 777' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Plant 777' }).waitFor();
  assert.deepEqual(complaints, []);
});

test('without JavaScript the page is complete, and loads itself anew', async (t) => {
  const shown = await view(powered(3420));
  const { url } = await serveView(t, () => shown);
  const { page } = await openPage(t, browser, url, { javaScriptEnabled: false });
  assert.ok(await page.getByText('3.42').first().isVisible());
  assert.ok(await page.getByRole('heading', { name: 'Our home' }).isVisible());
  assert.ok(await page.getByRole('heading', { name: 'Source growatt/default' }).isVisible());
  assert.equal(await page.locator('meta[http-equiv=refresh]').getAttribute('content'), '30');
  assert.equal(await page.getByText('The agent does not answer').isVisible(), false);
});
