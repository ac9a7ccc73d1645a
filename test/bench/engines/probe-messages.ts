/**
 * What the probe measures. `stall`: the longest time in ms that the event loop was kept busy without coming round;
 * `busy`: how long in ms it was in all; `allocated`: bytes on the heap and in buffers. Times are CPU time of the main
 * thread, so that what else runs on the machine does not count.
 */
export type Measure = 'stall' | 'busy' | 'allocated';

/** Begins to measure, or ends it; the parent sends the same message for both, one after the other. */
export interface ProbeMessage {
  readonly measure: Measure;
}

/** Undefined when measuring has begun. */
export interface ProbeAnswer {
  readonly value?: number | undefined;
}
