import { otlpSettings } from '../export/otlp-settings.ts';
import { pushgatewaySettings } from '../export/pushgateway-settings.ts';
import { listenAddress } from '../settings/addresses.ts';
import { choice, duration, path, yesNo } from '../settings/format.ts';
import { setting } from '../settings/setting.ts';
import { shard } from './shard.ts';

/** The settings of the agent itself: all but those of the kinds of sources. */
export const agentSettings = {
  exporter: {
    mode: setting(choice('http', 'push'), {
      env: 'EXPORTER_MODE',
      default: 'http',
      doc: '`http` serves `/metrics`; `push` collects once, sends to the Pushgateway and exits.',
    }),
    listen_addr: setting(listenAddress, {
      env: 'EXPORTER_LISTEN_ADDR',
      flag: {
        name: '-p',
        value: 'PORT',
        takes: 'a port from 0 to 65535',
        toSetting: (text) => (/^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? `:${text}` : undefined),
        doc: 'port to listen on, on all interfaces',
      },
      default: ':9120',
      doc: 'Where to serve: `:9120` (all interfaces), `127.0.0.1:9120`, `[::1]:9120`. Port 0 takes a free one.',
    }),
    web_config_file: setting(path, {
      flag: {
        name: '--web.config.file',
        value: 'FILE',
        doc: 'TLS, users and headers of the HTTP server, see docs/web-configuration.md',
      },
      otherwise: 'plain HTTP for everybody',
      doc: "File with certificate, users, headers and rate limit of the HTTP server, in the format of Prometheus' exporter-toolkit: [web configuration](web-configuration.md). A relative path starts at the working directory.",
    }),
    web_enable_lifecycle: setting(yesNo, {
      flag: {
        name: '--web.enable-lifecycle',
        toSetting: () => 'true',
        doc: 'let POST /-/reload read the configuration anew, as SIGHUP does',
      },
      default: 'false',
      doc: 'Whether `POST /-/reload` reads the configuration anew, as SIGHUP does.',
    }),
  },
  pushgateway: pushgatewaySettings,
  otlp: otlpSettings,
  stale_after: setting(duration(), {
    env: 'STALE_AFTER',
    default: '1h',
    doc: 'A source that failed for so long no longer exposes its instantaneous values; `0`: never.',
  }),
  state_dir: setting(path, {
    env: 'STATE_DIR',
    otherwise: 'no state is kept',
    doc: 'Folder where the agent keeps its state across restarts, the last readings included. It must be writable, and one agent uses it at a time.',
  }),
  shard: setting(shard, {
    env: 'SHARD',
    otherwise: 'all sources',
    doc: 'Reads only a part of the sources: `i/n` for part i of n, counted from 0, or the name of a StatefulSet pod in place of i, as `agent-2/5`.',
  }),
  log: {
    level: setting(choice('debug', 'info', 'warn', 'error'), {
      env: 'LOG_LEVEL',
      flag: { name: '--log-level', value: 'LEVEL', doc: 'debug, info, warn or error' },
      default: 'info',
      doc: '`debug`, `info`, `warn` or `error`.',
    }),
    format: setting(choice('text', 'json'), {
      env: 'LOG_FORMAT',
      otherwise: '`text` on a terminal, else `json`',
      doc: '`text` or `json`.',
    }),
  },
};
