import { isAfterBlank, matchAt, valueAt } from '../text/readers.ts';
import { isPlaceholder } from '../text/values.ts';
import type { View } from '../text/view.ts';
import { codesExcept, NEW_PARAGRAPH, spansParagraphs, startsWord, WORD_DASH } from '../text/view.ts';
import { readPairs } from './cookies.ts';
import type { Detection, Detector, SecretFinding } from './detector.ts';
import { NOTHING, NOTHING_IN_ROW } from './detector.ts';

/** How commands take a password, as their manuals say. */
interface CommandRule {
  names: readonly string[];
  /** What precedes the password; in the reach of the name, up to the next separator of the shell. */
  option: RegExp;
  /** A word of the command line that must precede the option. */
  after?: string;
  /** Whether a blank must precede the password. */
  blank?: boolean;
  min?: number;
}

const MYSQL = ['mysql', 'mysqldump', 'mysqladmin', 'mysqlimport', 'mysqlshow', 'mariadb', 'mariadb-dump'];
const CONTAINERS = [
  'docker',
  'podman',
  'nerdctl',
  'helm',
  'oc',
  'az',
  'buildah',
  'skopeo',
  'crane',
  'cf',
  'argocd',
];
const MONGO = [
  'mongo',
  'mongosh',
  'mongodump',
  'mongorestore',
  'mongoimport',
  'mongoexport',
  'cqlsh',
  'arangosh',
];
const LDAP = ['ldapsearch', 'ldapadd', 'ldapmodify', 'ldapwhoami', 'ldapdelete', 'ldappasswd', 'ldapcompare'];
const REMOTE = [
  'sshpass',
  'plink',
  'pscp',
  'psexec',
  'winexe',
  'evil-winrm',
  'crackmapexec',
  'nxc',
  'kubelogin',
];

const RULES: readonly CommandRule[] = [
  {
    names: ['curl', 'wget', 'http', 'https', 'xh', 'httpie'],
    option: /(?:-u|--user|--proxy-user|-a|--auth)[ \t=]*["']?[^\s:"'/]{1,64}:(?!\/\/)/g,
  },
  { names: [...MYSQL, 'sshpass', '7z', '7za', '7zz', 'rar', 'unrar'], option: /-p(?=[^\s=])/g },
  { names: [...MONGO, ...REMOTE], option: /-(?:p|pw|password)[ \t=]*(?=[^\s-])/g, blank: true },
  { names: CONTAINERS, after: 'login', option: /-p[ \t=]*(?=[^\s-])/g, blank: true },
  {
    names: ['sqlcmd', 'bcp', 'zip', 'unzip', 'ipmitool', 'isql', 'tsql', 'osql', 'ssh-keygen'],
    option: /-P[ \t]*(?=[^\s-])/g,
  },
  { names: [...LDAP, 'security'], option: /-w[ \t]*(?=[^\s-])/g },
  { names: ['redis-cli', 'valkey-cli', 'keydb-cli'], option: /-a[ \t]*(?=[^\s-])/g },
  {
    names: ['snmpget', 'snmpwalk', 'snmpset', 'snmpbulkwalk'],
    option: /-[AX][ \t]*(?=[^\s-])/g,
    blank: true,
  },
  { names: ['ssh-keygen'], option: /-N[ \t]*(?=["'\w])/g },
  {
    names: ['smbclient', 'smbmap', 'smbget', 'rpcclient'],
    option: /(?:-U|--user)[ \t=]*["']?[^\s%"']{1,64}%/g,
  },
  { names: ['openssl'], option: /-(?:pass|passin|passout)[ \t]*["']?pass:/g, min: 4 },
  { names: ['openssl'], after: 'enc', option: /-[kK][ \t]*(?=[^\s-])/g, blank: true },
  { names: ['xfreerdp', 'xfreerdp3', 'wfreerdp', 'sdl-freerdp', 'mstsc'], option: /\/p(?:ass)?:(?=\S)/g },
  { names: ['htpasswd'], option: /-\w{0,4}b\w{0,4}[ \t]+[^\s-]\S{0,100}[ \t]+\S{1,64}[ \t]+/g },
  { names: ['net'], option: /^[ \t]+user[ \t]+[\w.-]{1,64}[ \t]+(?=[^\s/*])/g },
  { names: ['rabbitmqctl'], option: /^[ \t]+(?:add_user|change_password)[ \t]+[\w.-]{1,64}[ \t]+/g },
  { names: ['convertto-securestring'], option: /(?:^[ \t]*|-String[ \t]+)(?=["'])/gi },
  { names: ['vault'], option: /^[ \t]+login[ \t]+(?:token=)?(?=[\w.]{20})/g },
  {
    names: ['identified'],
    option:
      /^[ \t]*(?:by|(?:with|via)[ \t]+\S{1,40}[ \t]+(?:by|as|using))[ \t]*(?:password[ \t]+)?(?=['"])/gi,
  },
  {
    names: ['auth', 'basicauth', 'digestauth', 'httpbasicauth'],
    option: /^[ \t]*=?[ \t]*[([][ \t]*["'][^"']{1,64}["'][ \t]*,[ \t]*(?=["'])/g,
  },
  { names: ['docker', 'podman', 'sudo', 'helm'], option: /(?:--password-stdin|-S)[ \t]*<<<[ \t]*/g },
];

/** How far from the name of a command an option of it is looked for. */
const REACH = 400;
/** Characters that end a command, or a password that is not quoted. */
const END_OF_COMMAND = /[|;&\n](?!\w*=)/;
const WORD_OF_SHELL = codesExcept('"\'`<>|;');

export const commands: readonly Detector[] = [...RULES.map(detectorOf), ...[cookieOption(), piped()]];

function detectorOf({ names, option, after, blank = false, min = 5 }: CommandRule): Detector {
  return {
    starts: names,
    isName: true,
    mayBeCut: (view, at) => startsCommand(view, at),
    read(view, at, start): Detection {
      const from = at + start.length;
      if (!startsCommand(view, at) || (!view.breaks[from] && WORD_DASH.has(view.flat.charCodeAt(from))))
        return NOTHING_IN_ROW;
      const { text, open } = restOfCommand(view, from);
      const found: SecretFinding[] = [];
      let isOpen = open;
      let last = 0;
      for (const match of text.matchAll(option)) {
        const valueFrom = from + match.index + match[0].length;
        const isOption = isAfterBlank(view, from + match.index) || match.index === 0;
        if (!isOption || match.index < last || (after && !text.slice(0, match.index).includes(after)))
          continue;
        if (blank && !isAfterBlank(view, valueFrom) && !match[0].endsWith('=')) continue;
        const value = valueAt(view, valueFrom, WORD_OF_SHELL, (word) => isPassword(word, min));
        isOpen ||= value.open;
        if (!value.isAccepted) continue;
        found.push({ rule: 'password', from: value.from, to: value.to });
        last = value.to - from;
      }
      const [finding, ...others] = found;
      const reading = { open: isOpen, barrenTo: from + text.length };
      return finding ? { ...reading, finding, others } : reading;
    },
  };
}

const startsCommand = (view: View, at: number): boolean =>
  startsWord(view, at) && (view.breaks[at] !== 0 || !/[-.@]/.test(view.flat[at - 1] ?? ''));

/** The command line after a name. `open`: later rows may belong to it. */
function restOfCommand({ flat, breaks, endsBlank }: View, from: number): { text: string; open: boolean } {
  let end = Math.min(flat.length, from + REACH);
  const paragraph = breaks.subarray(from + 1, end).indexOf(NEW_PARAGRAPH);
  if (paragraph >= 0) end = from + 1 + paragraph;
  if (breaks[from] === NEW_PARAGRAPH) end = from;
  const text = flat.slice(from, end);
  const stop = text.search(END_OF_COMMAND);
  if (stop >= 0) return { text: text.slice(0, stop), open: false };
  return { text, open: end === flat.length && end - from < REACH && !endsBlank };
}

/** Not a port, a number of bits, a path, a variable, or the next option. */
const isPassword = (value: string, min: number): boolean =>
  value.length >= min &&
  !isPlaceholder(value) &&
  /[A-Za-z]|\d{6}/.test(value) &&
  !/^[-/~.]|^\d{1,5}:/.test(value);

/** `curl -b 'name=value'`. */
function cookieOption(): Detector {
  return {
    starts: ['curl'],
    isName: true,
    mayBeCut: (view, at) => startsCommand(view, at),
    read(view, at, start): Detection {
      const from = at + start.length;
      if (!startsCommand(view, at)) return NOTHING;
      const { text, open } = restOfCommand(view, from);
      const option = /(?:-b|--cookie)[ \t=]*["']?(?=[\w.-]{1,64}=)/.exec(text);
      if (!option || !isAfterBlank(view, from + option.index)) return { open, barrenTo: from + text.length };
      const reading = readPairs(view, from + option.index + option[0].length);
      return { ...reading, open: reading.open || open, barrenTo: from + text.length };
    },
  };
}

/** `echo password | docker login --password-stdin`, `echo user:password | chpasswd`. */
const PIPED =
  /(?:[ \t]+-[ne]{1,2})?[ \t]+["']?(?:[\w.-]{1,32}:)?([^\s"'|:]{6,256})["']?[ \t]*\|[ \t]*(?:sudo[ \t]*(?:-\w+[ \t]*){0,2}-S|(?:sudo[ \t]*)?(?:chpasswd|passwd)|[^|;&\n]{0,80}?(?:--password-stdin|--with-token|login))/dy;

function piped(): Detector {
  return {
    starts: ['echo', 'printf'],
    isName: true,
    mayBeCut: (view, at) => startsWord(view, at),
    read(view, at, start): Detection {
      const after = at + start.length;
      const found = startsWord(view, at) ? matchAt(PIPED, view, after) : undefined;
      const open = view.flat.length - after < REACH && startsWord(view, at);
      const [from = 0, to = 0] = found?.indices?.[1] ?? [];
      if (!found || isPlaceholder(found[1] ?? '') || spansParagraphs(view, at, after + found[0].length))
        return { open };
      return { finding: { rule: 'password', from, to }, open };
    },
  };
}
