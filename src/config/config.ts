import type { LogLevel } from '../base/log.ts';
import type { Shard } from './shard.ts';

/** The resolved configuration of one process. All durations are milliseconds. */
export interface Config {
  readonly accounts: readonly GrowattAccount[];
  readonly growatt: {
    /** Least time between two calls of one token. */
    readonly callSpacing: number;
    readonly collectInterval: number;
    readonly discoveryInterval: number;
    readonly plantInterval: number;
    /** Poll interval while every inverter of an account sleeps; 0 means no slower than by day. */
    readonly idleInterval: number;
  };
  readonly trucki: {
    readonly interval: number;
    readonly legacyNames: boolean;
    readonly sticks: readonly TruckiStick[];
  };
  readonly mode: 'http' | 'push';
  readonly listen: ListenAddress;
  readonly pushgateway: Pushgateway;
  /** undefined: no OTLP export. */
  readonly otlp: OtlpExport | undefined;
  readonly history: { readonly enabled: boolean; readonly days: number; readonly schedule: string };
  /** A source that failed for so long no longer exposes its instantaneous values; 0 means never. */
  readonly staleAfter: number;
  /** Folder for what is remembered across restarts; undefined: nothing is. */
  readonly stateDir: string | undefined;
  /** The part of the sources that this process reads; undefined: all. */
  readonly shard: Shard | undefined;
  readonly log: { readonly level: LogLevel; readonly format: 'json' | 'text' };
}

export interface GrowattAccount {
  /** Unique; `default` for a single unnamed account. */
  readonly name: string;
  readonly token: string;
  /** Server root without `/v1` and without a trailing slash. */
  readonly baseUrl: string;
  /** True when the server is Growatt's own, whose call limits are known. */
  readonly official: boolean;
  /** Plants to read; empty: all that the token can see. */
  readonly plants: readonly PlantChoice[];
  /** Devices to read; empty: all. */
  readonly deviceSns: readonly string[];
  /** Also read the families that only the v4 API has. */
  readonly v4: boolean;
}

export interface PlantChoice {
  readonly id: string;
  /** IANA zone, for plants whose own entry in the cloud is wrong or ignores daylight saving. */
  readonly timezone?: string;
  /** Devices of this plant to read; absent: as `deviceSns` of the account says. */
  readonly deviceSns?: readonly string[];
}

export interface TruckiStick {
  /** Value of the label `stick`. */
  readonly name: string;
  /** `host` or `host:port`. */
  readonly address: string;
  readonly password: string | undefined;
}

/** Where push mode sends to, and the group it replaces there. */
export interface Pushgateway {
  /** Without a trailing slash; may carry `user:password@`. */
  readonly url: string;
  readonly job: string;
  /** Labels of the group besides `job`. */
  readonly grouping: Readonly<Record<string, string>>;
  /** How long one try may take. */
  readonly timeout: number;
}

/** Metrics leave by OTLP over HTTP. */
export interface OtlpExport {
  /** With the path, such as `http://localhost:4318/v1/metrics`. */
  readonly url: string;
  readonly protocol: 'http/protobuf' | 'http/json';
  /** By name in lower case; the values are secret. */
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: 'none' | 'gzip';
  /** How long one export may take, retries included; no longer than the interval. */
  readonly timeout: number;
  readonly interval: number;
  readonly exponentialHistograms: boolean;
  /** Authorities to trust; undefined: Node's own. */
  readonly certificate: PemFile | undefined;
  readonly clientCertificate: PemFile | undefined;
  readonly clientKey: PemFile | undefined;
  /** What was configured, without the agent's own. */
  readonly resourceAttributes: Readonly<Record<string, string>>;
}

export interface PemFile {
  readonly path: string;
  readonly pem: string;
}

export interface ListenAddress {
  /** undefined: all interfaces. */
  readonly host: string | undefined;
  /** 0: any free port. */
  readonly port: number;
}
