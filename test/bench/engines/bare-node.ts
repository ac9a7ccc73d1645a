/**
 * Node with an HTTP server and nothing else: the yardstick for the start of the agent, and for the time it takes to
 * parse answers. POST /parse answers with the milliseconds of CPU time that JSON.parse takes for the given lines.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const server = createServer(async (request, response) => {
  if (request.url !== '/parse') {
    response.end('up 1\n');
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const lines = Buffer.concat(chunks).toString().split('\n');
  const before = process.threadCpuUsage();
  for (const line of lines) JSON.parse(line);
  const { user, system } = process.threadCpuUsage(before);
  response.end(String((user + system) / 1000));
}).listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
