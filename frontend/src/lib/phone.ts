/**
 * Parses phone numbers as people write and paste them, like server/text/phones.py: both are tested against
 * tests/fixtures/phones.json.
 */

const MAX_PASTED = 2000;
const MAX_WRITTEN = 100;
const LABEL = /^(?:tel|phone|fone|telefone?|whatsapp|wa|cel|celular|mobile?|mob|handy|callto|sms)\.?(?:;[a-z=]{1,20})*\s*:?\s*(?:\/\/)?/i;
const LINK =
  /^(?:(?:https?:\/\/)?(?:www\.)?(?:wa\.me\/(?:c\/)?|(?:(?:api|web)\.)?whatsapp\.com\/send\/?\?(?:[^#]*&)?phone=)|whatsapp:\/\/send\/?\?(?:[^#]*&)?phone=)([^&#?/]+)/i;
const JID = /^(\+?\d+)(?::\d+)?@(?:s\.whatsapp\.net|c\.us)$/i;
const CONTEXT = /;phone-context=(\+[\d.()-]+)/i;
const EXTENSION =
  /(?:;[a-z-]+=.*|[ ,-]{0,2}(?:[x×#,;]{1,3}|\b(?:ext(?:ension|n)?|ramal|anexo|durchwahl|dw|poste|int(?:erno)?)\b|доб) ?[.:=]? ?\d{1,7}#?| ?\(?(?:whatsapp|zap|wpp)\)?)$/i;
const EDGES = /^[ *_~"'`“”‘’«»<>,;:!?]+|[ *_~"'`“”‘’«»<>,;:!?]+$/g;
const SEPARATORS = /[ .()[\]/\-·•‧∙~]/g;
const TRUNK_ZERO = /^([([]?\+? ?(?:00 ?)?\d{1,3}[)\]]?)[ .-]*[([] ?0 ?[)\]]/;
/** Italy, San Marino and the Vatican keep the leading 0 in international numbers. */
const ZERO_STAYS = new Set(["39", "378", "379"]);

export const PHONE_EXAMPLE = "+55 11 98888 0000";

/**
 * +digits with the country code, or digits if it is not certain that the country code is included; null for what cannot
 * be a complete number. The server knows each country's rules and decides.
 */
export function readPhone(text: string): string | null {
  const [, mark = "", rest = ""] = /^(\+(?:00)?|00)?(\d+)$/.exec(clean(text)) ?? [];
  return /^[1-9]\d{6,14}$/.test(rest) ? `${mark === "" ? "" : "+"}${rest}` : null;
}

function clean(text: string): string {
  if (text.length > MAX_PASTED) return "";
  const plain = Array.from(text.normalize("NFKC"), plainly).join("");
  const written = unwrap(plain.replace(/\s+/g, " ").replace(EDGES, "")).replace(EDGES, "");
  if (written.length > MAX_WRITTEN) return "";
  return written.replace(EXTENSION, "").replace(TRUNK_ZERO, withoutTrunkZero).replace(SEPARATORS, "");
}

function plainly(character: string): string {
  if (/[\p{Cf}\p{Mn}\p{Me}\p{So}]/u.test(character)) return "";
  if (/\p{Nd}/u.test(character)) return String(digitOf(character));
  return /[\p{Pd}−ー]/u.test(character) ? "-" : character;
}

/** The value of a digit in any script: each script has its ten in a row. */
export function digitOf(character: string): number {
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint((character.codePointAt(0) ?? 0) - before - 1))) before += 1;
  return before % 10;
}

/** The number in a link, a WhatsApp id or a label. Links and ids hold complete numbers, with or without a +. */
function unwrap(text: string): string {
  const whole = (LINK.exec(text) ?? JID.exec(text))?.[1];
  return whole === undefined ? unlabel(text) : `+${decode(whole.replace(/\+/g, " ")).replace(/^[ +]+| +$/g, "")}`;
}

function unlabel(text: string): string {
  const label = LABEL.exec(text)?.[0] ?? "";
  const number = label === "" ? text : decode(text.slice(label.length).replace(/\?.*/, ""));
  const context = CONTEXT.exec(number)?.[1];
  return context === undefined ? number : number.replace(/^([^;]*).*/, `${context} $1`);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The (0) after a country code is for callers inside the country. */
function withoutTrunkZero(_: string, country: string): string {
  const code = country.replace(/\D/g, "").replace(/^00/, "");
  return ZERO_STAYS.has(code) ? `${country}0` : country;
}
