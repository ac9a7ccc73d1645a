/** The programs that are scraped; the first is the agent. */
export const ENGINES = [
  'solar-otel-agent',
  'OpenTelemetry, stock exporter',
  'prom-client',
  'client_golang, const metrics',
  'client_golang, vectors',
] as const;

export type Engine = (typeof ENGINES)[number];

/** What scrapes of one program cost; times in milliseconds, sizes in bytes. */
export interface ScrapeFigures {
  readonly engine: Engine;
  /** All devices have a new reading since the last scrape. */
  readonly cold: number;
  /** Nothing is new. */
  readonly warm: number;
  /** The same, asked for with gzip. */
  readonly coldGzip: number;
  readonly warmGzip: number;
  readonly allocated: number;
  /** Of a cold scrape; undefined for a program without an event loop. */
  readonly stall: number | undefined;
  readonly rss: number;
  readonly plainSize: number;
  readonly gzipSize: number | undefined;
}

/** Scrapes of all programs with the same series. */
export interface SizeFigures {
  readonly series: number;
  /** The part of the values, 0 to 1, that differs from one reading to the next. */
  readonly changed: number;
  readonly engines: readonly ScrapeFigures[];
}

/** Memory of the agent after some cycles. */
export interface MemoryFigures {
  readonly series: number;
  readonly cycles: number;
  /** Bytes. */
  readonly rss: number;
}

/** The longest stall of the event loop in milliseconds, by what the agent does. */
export type StallFigures = Readonly<Record<string, number>>;

/** All that one run measured; times in milliseconds, sizes in bytes. */
export interface Results {
  readonly scrapes: readonly SizeFigures[];
  /** From the start of the process to the first answer of its server. */
  readonly start: { readonly agent: number; readonly bareNode: number };
  readonly memory: {
    readonly home: MemoryFigures;
    readonly fleet: MemoryFigures;
    /** The same, exporting over OTLP too. */
    readonly fleetWithOtlp: MemoryFigures;
    readonly largeAccount: MemoryFigures;
    /** The most that `solar-otel-agent healthcheck` takes, bytes. */
    readonly healthcheck: number;
    /** Bare Node with an HTTP server. */
    readonly bareNode: number;
  };
  readonly polls: {
    readonly inverters: number;
    /** Size of the answers of one cycle. */
    readonly size: number;
    /** CPU time of the main thread for one cycle. */
    readonly cycle: number;
    /** That JSON.parse alone takes for the same answers. */
    readonly parse: number;
  };
  readonly stalls: StallFigures;
}

/** Calls to the cloud on one day. */
export interface CallFigures {
  readonly what: string;
  readonly calls: number;
  /** Those for live values. */
  readonly live: number;
}

/** How soon after a start with the default intervals there are values. */
export interface FirstValues {
  readonly home: { readonly calls: number; readonly seconds: number };
  /** 1 000 inverters in 500 plants. */
  readonly fleet: {
    readonly firstMinutes: number;
    readonly allMinutes: number;
    /** Live calls once all are found. */
    readonly callsOfCycle: number;
  };
}

/** A form in which the agent is installed. */
export interface ReleaseFigures {
  readonly what: string;
  /** Bytes of the file that is fetched. */
  readonly size: number;
  /** Milliseconds to the first answer; undefined where it does not run on this machine, or runs what another does. */
  readonly start?: number | undefined;
}
