/** Finds the web and e-mail addresses in a text. */

export interface Part {
  readonly text: string;
  /** Null for plain text. */
  readonly href: string | null;
}

/** Characters that end an address: blanks, quotes, and invisible ones that could disguise it. */
const OUTSIDE = String.raw`\s\p{Cc}\p{Cf}<>"'“”„‟‘‚‛«»「」『』【】《》〈〉`;
/**
 * Top-level domains that people write without https://. Two-letter ones may be the next sentence's word ("ok.in 5
 * min"), so they need a path: youtu.be/x.
 */
const BARE = "com|org|net|edu|gov|info|biz|app|dev|io|(?:com|org|net|edu|gov|co|ac)\\.[a-z]{2}|[a-z]{2}(?=\\/[a-z0-9@_-])";
const REST = String.raw`[^${OUTSIDE}]{1,8192}`;
/** Letters of scripts that separate words with blanks: an address does not begin or end within such a word. */
const WORD_CHARACTER = String.raw`[^\P{L}\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Thai}]`;
const LABEL = String.raw`[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?`;
const MAIL_LABEL = String.raw`[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?`;
const END = String.raw`(?!${WORD_CHARACTER}|[\p{N}@-]|_\w|\.[\p{L}\p{N}])`;
const START = String.raw`(?<!${WORD_CHARACTER}|[\p{M}\p{N}@./:+-]|\w_)`;
const CANDIDATE = new RegExp(
  [
    String.raw`(?<![a-z0-9])https?:\/\/${REST}`,
    String.raw`${START}(?:mailto:)?[a-z0-9](?:[a-z0-9._%+-]{0,62}[a-z0-9_%+-])?@(?:${MAIL_LABEL}\.){1,8}[a-z]{2,24}${END}`,
    String.raw`${START}www\.${REST}`,
    String.raw`${START}(?:${LABEL}\.){1,8}(?:${BARE})${END}(?::\d{1,5}(?!\d))?(?:[/?#](?:${REST})?)?`,
  ].join("|"),
  "giu",
);
const TRAILING = /[.,;:!?*_~`|\\^。、，．：；！？…·،؛؟۔।]$/u;
const BRACKETS: ReadonlyMap<string, string> = new Map([[")", "("], ["]", "["], ["}", "{"], ["）", "（"], ["］", "［"], ["｝", "｛"]]);

export function linkify(text: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  const candidates = new RegExp(CANDIDATE);
  for (let match = candidates.exec(text); match !== null; match = candidates.exec(text)) {
    const address = withoutTrailing(match[0]);
    const href = hrefOf(address);
    if (href === null) continue;
    candidates.lastIndex = match.index + address.length; // another address may follow a bracket
    if (match.index > end) parts.push({ text: text.slice(end, match.index), href: null });
    parts.push({ text: address, href });
    end = match.index + address.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), href: null });
  return parts;
}

/** Strips trailing punctuation, and brackets that were opened before the address. */
function withoutTrailing(address: string): string {
  const open = new Map<string, number>();
  let end = address.length;
  for (let at = 0; at < address.length; at += 1) {
    const sign = address.charAt(at);
    const opening = BRACKETS.get(sign);
    const count = opening === undefined ? 1 : (open.get(opening) ?? 0);
    if (count <= 0) {
      end = at;
      break;
    }
    if (opening !== undefined) open.set(opening, count - 1);
    else open.set(sign, (open.get(sign) ?? 0) + 1);
  }
  while (end > 0 && TRAILING.test(address.charAt(end - 1))) end -= 1;
  return address.slice(0, end);
}

/** Only http, https or mailto; null without a host. */
function hrefOf(address: string): string | null {
  const isMail = /^(?:mailto:)?[^/?#]*@/i.test(address) && !/^https?:/i.test(address);
  const href = isMail ? `mailto:${address.replace(/^mailto:/i, "")}` : /^https?:/i.test(address) ? address : `https://${address}`;
  const url = parseUrl(href);
  return url !== null && (isMail || /^[^.].*\..|^localhost$|^\[/.test(url.hostname)) ? href : null;
}

/** Not by URL.canParse: that of Node says no to letters beyond ASCII once it is optimised, and tests run there. */
function parseUrl(href: string): URL | null {
  try {
    return new URL(href);
  } catch {
    return null;
  }
}
