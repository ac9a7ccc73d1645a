import { parts } from '../kinds.ts';
import type { Part } from '../model/kind.ts';
import { editDistance, nearest } from '../settings/nearest.ts';
import { presentable } from '../settings/problems.ts';
import { settingsOf } from '../settings/setting.ts';
import { readTextFile } from '../settings/yaml-file.ts';
import type { LoadOptions } from './load.ts';
import { agentSettings } from './settings.ts';

/** What begins so is meant for this agent. */
const PREFIXES = ['GROWATT_', 'TRUCKI_', 'EXPORTER_', 'COLLECT_', 'HISTORY_', 'OTEL_EXPORTER_OTLP_'];
/** Kubernetes sets `NAME_SERVICE_HOST`, `NAME_PORT_80_TCP` and the like for each service, systemd the other. */
const SET_BY_OTHERS = /_SERVICE_|_PORT|^STATE_DIRECTORY$/;
/** What OpenTelemetry defines beyond the settings of this agent: for other signals, and for gRPC. */
const OPENTELEMETRY =
  /^OTEL_EXPORTER_OTLP_(?:(?:TRACES|LOGS|METRICS|PROFILES)_)?(?:ENDPOINT|PROTOCOL|HEADERS|COMPRESSION|TIMEOUT|CERTIFICATE|CLIENT_CERTIFICATE|CLIENT_KEY|INSECURE)$|^OTEL_EXPORTER_OTLP_(?:SPAN|METRIC)_INSECURE$/;
/** Letters that a name without such a prefix may differ by; of short names, fewer. */
const MOST_LETTERS = 2;
const NAME_PER_LETTER = 5;
/** A longer name is not a mistyped one. */
const LONGEST_NAME = 100;
const MOST_WARNINGS = 20;

const known: ReadonlySet<string> = new Set(
  [...Object.values<Part>(parts).map(({ settings }) => settings), agentSettings]
    .flatMap((section) => [...settingsOf(section)])
    .flatMap(([, { env }]) => env ?? []),
);

/**
 * What to warn of in the environment: variables that look like one of the agent's and are not known, each with the
 * name that is meant most likely. A variable that the configuration file uses is known. Values are never shown.
 */
export function unknownVariables({
  env,
  file,
  readFile = readTextFile,
}: Pick<LoadOptions, 'env' | 'file' | 'readFile'>): readonly string[] {
  const warnings = Object.entries(env)
    .filter(([name, value = '']) => value.trim() !== '' && !known.has(name))
    .flatMap(([name]) => {
      const warning = warningOf(name);
      return warning === undefined ? [] : [{ name, warning }];
    });
  if (warnings.length === 0) return [];
  const used = usedIn(file, readFile);
  return warnings
    .filter(({ name }) => !used.has(name))
    .map(({ warning }) => warning)
    .slice(0, MOST_WARNINGS);
}

function warningOf(name: string): string | undefined {
  if (name.length > LONGEST_NAME || SET_BY_OTHERS.test(name) || OPENTELEMETRY.test(name)) return undefined;
  const upper = name.toUpperCase();
  const what = `the environment variable ${presentable(name)} is not known`;
  if (PREFIXES.some((prefix) => upper.startsWith(prefix))) {
    const meant = nearest(upper, known);
    return meant === undefined ? `${what} and has no effect` : `${what}; did you mean ${meant}?`;
  }
  const meant = known.values().find((candidate) => isNear(upper, candidate));
  return meant === undefined ? undefined : `${what}; did you mean ${meant}?`;
}

/** Whether a name differs from one that is known by so few letters that it is mistyped. */
function isNear(name: string, candidate: string): boolean {
  const most = Math.min(MOST_LETTERS, Math.floor(candidate.length / NAME_PER_LETTER));
  // The distance, which costs more, is at least the difference in length.
  return Math.abs(name.length - candidate.length) <= most && editDistance(name, candidate, most) <= most;
}

/** The names that the file takes from the environment, as `${NAME}`. */
function usedIn(
  file: string | undefined,
  readFile: NonNullable<LoadOptions['readFile']>,
): ReadonlySet<string> {
  if (file === undefined) return new Set();
  try {
    return new Set(
      readFile(file)
        .matchAll(/\$\{(\w+)\}/g)
        .map(([, name = '']) => name),
    );
  } catch {
    // Whoever loads the file says so.
    return new Set();
  }
}
