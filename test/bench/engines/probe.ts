/**
 * Loaded into a Node process that is measured, before its program (`--require`): measures from one message of the
 * parent to the next, and ends the process with its parent. It costs nothing while nothing is measured.
 */
import type { Measure, ProbeAnswer, ProbeMessage } from './probe-messages.ts';

/** Milliseconds of CPU time of the main thread. */
function cpuTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

const ends: Record<Measure, () => () => number> = {
  /** The longest time for which the event loop did not come round. */
  stall() {
    let longest = 0;
    let last = cpuTime();
    const timer = setInterval(() => {
      const now = cpuTime();
      longest = Math.max(longest, now - last);
      last = now;
    }, 1);
    return () => {
      clearInterval(timer);
      return Math.max(longest, cpuTime() - last);
    };
  },
  busy() {
    const before = cpuTime();
    return () => cpuTime() - before;
  },
  /** Bytes that were allocated on the heap and in buffers. */
  allocated() {
    const { GCProfiler, getHeapStatistics } = require('node:v8') as typeof import('node:v8');
    const profiler = new GCProfiler();
    profiler.start();
    const now = getHeapStatistics();
    let after = { used: now.used_heap_size, external: now.external_memory };
    return () => {
      const end = getHeapStatistics();
      let sum = 0;
      const grown = (used: number, external: number) => {
        sum += Math.max(0, used - after.used) + Math.max(0, external - after.external);
      };
      for (const { beforeGC, afterGC } of profiler.stop()?.statistics ?? []) {
        grown(beforeGC.heapStatistics.usedHeapSize, beforeGC.heapStatistics.externalMemory);
        after = {
          used: afterGC.heapStatistics.usedHeapSize,
          external: afterGC.heapStatistics.externalMemory,
        };
      }
      grown(end.used_heap_size, end.external_memory);
      return sum;
    };
  },
};

let end: (() => number) | undefined;
process.on('message', ({ measure }: ProbeMessage) => {
  const value = end?.();
  end = value === undefined ? ends[measure]() : undefined;
  process.send?.({ value } satisfies ProbeAnswer);
});
process.on('disconnect', () => process.exit());
// The channel alone does not keep the process running.
process.channel?.unref();
