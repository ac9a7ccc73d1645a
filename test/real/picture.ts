import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { demo } from '../../src/cli/commands/demo.ts';
import { testProgram } from '../cli/program.ts';
import { startBrowser } from './browser.ts';

/** The picture of the readme: the page of the demo. Run it with `npm run picture`. */
const PICTURE = fileURLToPath(new URL('../../docs/status-page.png', import.meta.url));

const { program, stop, written } = testProgram({ EXPORTER_LISTEN_ADDR: '127.0.0.1:0' });
const ended = demo({ flags: {} }, program);
const browser = await startBrowser();
try {
  const [url] = await written(/http:\/\/127\.0\.0\.1:\d+\/(?=")/);
  const page = await browser.newPage({ viewport: { width: 1180, height: 1000 }, colorScheme: 'light' });
  await page.goto(url);
  await page.getByRole('img', { name: /Flow of power now: sun .* house/ }).waitFor();
  await page.getByRole('img', { name: /Power of Home in/ }).waitFor();
  // Month and year are read last.
  await page.locator('article', { hasText: 'SIMSPH0001' }).getByText('MWh').first().waitFor();
  await page.getByText('Dashed: expected').first().waitFor({ timeout: 90_000 });
  await page.getByText('No reading yet').waitFor({ state: 'detached' });
  const sources = await page.locator('#sources').boundingBox();
  const height = Math.ceil((sources?.y ?? 1000) - 16);
  await page.setViewportSize({ width: 1180, height });
  await writeFile(PICTURE, await page.screenshot({ animations: 'disabled' }));
} finally {
  await browser.close();
  stop();
  await ended;
}
