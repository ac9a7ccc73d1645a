/** What the process is asked to do by signals. */
export interface Signals {
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly stop: AbortSignal;
  /** From now on SIGHUP calls this; one that came before counts. */
  onHangUp(listener: () => void): void;
  /** As SIGTERM. */
  readonly askToStop: () => void;
}

/** Exit code of a process that does not wait for its end. */
const AT_ONCE = 1;

/**
 * Listens to the signals of a process. It imports nothing, so that this can be the first thing that happens: a
 * signal that comes while the program is still loading must stop it like a later one.
 *
 * The second signal to stop does not wait. SIGUSR1 does nothing: by default Node opens its debugger, which runs any
 * code, to whoever is on the machine.
 */
export function listenToSignals(process: Pick<NodeJS.Process, 'on' | 'exit'>): Signals {
  const controller = new AbortController();
  let isHungUp = false;
  let hungUp = () => {
    isHungUp = true;
  };
  const askToStop = () => {
    if (controller.signal.aborted) process.exit(AT_ONCE);
    controller.abort();
  };
  process.on('SIGINT', askToStop);
  process.on('SIGTERM', askToStop);
  process.on('SIGHUP', () => hungUp());
  process.on('SIGUSR1', () => {});
  return {
    stop: controller.signal,
    onHangUp(listener) {
      hungUp = listener;
      if (isHungUp) listener();
      isHungUp = false;
    },
    askToStop,
  };
}
