import { COMMANDS, dashed, isCommand, OPTIONS } from '../../src/cli/command-table.ts';
import { manifest, NAME } from './manifest.ts';

/** The manual page `solar-otel-agent(1)`, in roff, made of the same table as the help. */
export function manualPage(): string {
  const commands = Object.keys(COMMANDS).filter(isCommand);
  return [
    `.TH ${NAME.toUpperCase()} 1 "" "${NAME} ${manifest.version}" "User commands"`,
    '.SH NAME',
    `${NAME} \\- collector agent for solar inverters`,
    '.SH SYNOPSIS',
    `.B ${NAME}`,
    '[\\fICOMMAND\\fR] [\\fIFLAGS\\fR]',
    '.SH DESCRIPTION',
    text(manifest.description ?? ''),
    '.SH COMMANDS',
    ...commands.flatMap((command) => {
      const { summary, details } = COMMANDS[command];
      return ['.TP', `.B ${command}`, text(`${summary}. ${details}`)];
    }),
    '.SH OPTIONS',
    ...Object.entries(OPTIONS).flatMap(([name, { value, doc }]) => [
      '.TP',
      `.B ${text(dashed(name))}${value === undefined ? '' : ` \\fI${text(value)}\\fR`}`,
      text(doc),
    ]),
    '.SH FILES',
    '.TP',
    '.I /etc/solar\\-otel\\-agent/config.yaml',
    'What the service reads.',
    '.TP',
    '.I /etc/solar\\-otel\\-agent/secrets/',
    'Tokens and passwords, one in each file, readable for root only.',
    '.TP',
    '.I /var/lib/solar\\-otel\\-agent/',
    'What the service keeps across restarts.',
    '.SH EXIT STATUS',
    '0 done or stopped by a signal, 1 failed at run time, 2 bad usage or configuration.',
    '.SH SEE ALSO',
    text(manifest.homepage ?? ''),
    '',
  ].join('\n');
}

/** A text in roff: its own signs mean themselves, and no line begins as a request. */
const text = (words: string) =>
  words.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^[.']/, '\\&$&');
