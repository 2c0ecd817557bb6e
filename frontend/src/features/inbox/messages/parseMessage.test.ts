import { expect, it } from "vitest";
import { plainText, parseMessage } from "./parseMessage";
import { sourceOf, type Block, type Token } from "./tokens";

/** As in HTML, which is easier to read in a table. */
const TAGS = { bold: "b", italic: "i", strike: "s" } as const;

function drawToken({ kind, text, marks, target }: Token): string {
  if (kind === "marker") return "";
  const inner = kind === "code" ? `<m>${text}</m>` : kind === "link" ? `<a ${target ?? ""}>${text}</a>` : kind === "phone" ? `<tel ${target ?? ""}>${text}</tel>` : kind === "mention" ? `<at>${text}</at>` : text;
  return marks.reduceRight((shown, mark) => `<${TAGS[mark]}>${shown}</${TAGS[mark]}>`, inner);
}

const drawBlock = ({ kind, number, tokens }: Block): string => {
  const inner = tokens.map(drawToken).join("");
  return kind === "text" ? inner : `<${kind}${number === null ? "" : ` ${number}`}>${inner}</${kind}>`;
};

const draw = (body: string, mentions: Parameters<typeof parseMessage>[1] = []) => parseMessage(body, mentions).map(drawBlock).join("");

it.each([
  ["*bold*", "<b>bold</b>"],
  ["_italic_", "<i>italic</i>"],
  ["~gone~", "<s>gone</s>"],
  ["`code`", "<m>code</m>"],
  ["```code```", "<m>code</m>"],
  ["a *b* c", "a <b>b</b> c"],
  ["*a b c*", "<b>a b c</b>"],
  ["*_both_*", "<b><i>both</i></b>"],
  ["_*~all~*_", "<i><b><s>all</s></b></i>"],
  ["*a _b_ c*", "<b>a </b><b><i>b</i></b><b> c</b>"],
  ["(*a*), *b*.", "(<b>a</b>), <b>b</b>."],
  ["*a* *b*", "<b>a</b> <b>b</b>"],
  ["**bold**", "*<b>bold</b>*"],
  ["_snake_case_", "<i>snake_case</i>"],
  ["*a *b*", "<b>a *b</b>"],
  ["❤️*a*❤️", "❤️<b>a</b>❤️"],
  ["请看*这个*吧", "请看<b>这个</b>吧"],
  ["*Olá, não!*", "<b>Olá, não!</b>"],
  ["*مرحبا*", "<b>مرحبا</b>"],
  ["`*not bold*`", "<m>*not bold*</m>"],
  ["*`code` in bold*", "<b><m>code</m></b><b> in bold</b>"],
  ["*one\n*two*", "*one\n<b>two</b>"],
])("formats %j", (body, shown) => {
  expect(draw(body)).toBe(shown);
});

it.each([
  "2*3*4", "snake_case_name", "a*b*", "*a*b", "a * b *c", "*a", "a*", "**", "***", "_ _", "~5 to ~10", "3 * 4 * 5", "`", "``", "```", "``` ```",
  "``````", "a`b`c", "*a\nb*", "_a\nb_", "file_name_v2.pdf", "~/a/~b", "5~", "1.5*2", "->", ">no blank", "-no blank", "1.no blank", "- ", "> ", "12345. too long",
])("leaves %j as it is", (body) => {
  expect(draw(body)).toBe(body);
});

it.each([
  ["*a _b* c_", "<b>a _b</b> c_"],
  ["*_a*_", "<b>_a</b>_"],
])("closes only what is nested in %j", (body, shown) => {
  expect(draw(body)).toBe(shown);
});

it.each([
  ["> quoted", "<quote>quoted</quote>"],
  ["> a\n> *b*\nc", "<quote>a\n<b>b</b>\n</quote>c"],
  ["- one\n- two", "<bullet>one\n</bullet><bullet>two</bullet>"],
  ["* one\n* *two*", "<bullet>one\n</bullet><bullet><b>two</b></bullet>"],
  ["Please:\n1. one\n2. two\nThanks", "Please:\n<number 1>one\n</number><number 2>two\n</number>Thanks"],
  ["```a\nb```", "<code><m>a\nb</m></code>"],
  ["see\n```\nif *a*:\n  b\n```\nok", "see\n<code><m>if *a*:\n  b</m></code>\nok"],
  ["a ```b\nc``` d", "a <code><m>b\nc</m></code> d"],
  ["a\n\nb", "a\n\nb"],
])("makes blocks of %j", (body, shown) => {
  expect(draw(body)).toBe(shown);
});

it.each([
  ["https://x.example/a_b_c", "<a https://x.example/a_b_c>https://x.example/a_b_c</a>"],
  ["_https://x.example/a_", "<i><a https://x.example/a>https://x.example/a</a></i>"],
  ["*www.example.com*", "<b><a https://www.example.com>www.example.com</a></b>"],
  ["*see https://x.example/a_(b)_c*", "<b>see </b><b><a https://x.example/a_(b)_c>https://x.example/a_(b)_c</a></b>"],
  ["`https://x.example`", "<m>https://x.example</m>"],
  ["bia_lima@example.com", "<a mailto:bia_lima@example.com>bia_lima@example.com</a>"],
  ["call +55 11 98888-0000.", "call <tel +5511988880000>+55 11 98888-0000</tel>."],
  ["*+49 30 5557 0192*", "<b><tel +493055570192>+49 30 5557 0192</tel></b>"],
  ["(11) 98888-0000", "<tel 11988880000>(11) 98888-0000</tel>"],
  ["0049 30 55570192", "<tel +493055570192>0049 30 55570192</tel>"],
  ["https://wa.me/5511988880000 +5511988880000", "<a https://wa.me/5511988880000>https://wa.me/5511988880000</a> <tel +5511988880000>+5511988880000</tel>"],
])("links within %j", (body, shown) => {
  expect(draw(body)).toBe(shown);
});

it.each([
  "R$ 1.234.567,89", "2026-03-02 09:14", "1234567890", "123.456.789-09", "+1", "+123", "12+5511988880000", "order #5511988880000", "a+5511988880000", "(2026) 12345", "50.000.000",
])("finds no phone number in %j", (body) => {
  expect(draw(body)).toBe(body);
});

const bia = { provider_id: "120000000000001@lid", name: "*Bia* Lima", phone: null };

it("names mentioned contacts, without formatting their names", () => {
  expect(draw("Oi @120000000000001, *@120000000000001* @999999", [bia])).toBe("Oi <at>@*Bia* Lima</at>, <b><at>@*Bia* Lima</at></b> @999999");
});

it.each([
  ["*Hi* _you_ ~no~ `x`", "Hi you no x"],
  ["- one\n2. two\n> three", "- one\n2. two\nthree"],
  ["```\na\n```", "a"],
  ["@120000000000001: *ok*", "@*Bia* Lima: ok"],
])("shows %j without markers as %j", (body, text) => {
  expect(plainText(body, [bia])).toBe(text);
});

/** A generator of its own, so that a failure can be repeated. */
function makeRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const PARTS = ["*", "_", "~", "`", "```", "\n", " ", "a", "bc", "é", "😀", "👩‍👧", "ا", "漢", ".", "-", "- ", "> ", "1. ", "(", ")", "https://x.example/a_b", "www.a.com", "+5511988880000", "@120000000000001", "\r", "\u200b", "\ud800"];

it("never loses a character, whatever the text", () => {
  for (let seed = 1; seed <= 4_000; seed += 1) {
    const random = makeRandom(seed);
    const body = Array.from({ length: random(30) }, () => PARTS[random(PARTS.length)]).join("");
    const blocks = parseMessage(body, [bia]);
    expect(sourceOf(blocks), `seed ${seed}: ${JSON.stringify(body)}`).toBe(body);
    const markers = blocks.flatMap(({ tokens }) => tokens).filter(({ kind }) => kind === "marker");
    expect(markers.every(({ text }) => /^(?:[*_~`]|`{3}\n?|\n?`{3}|> |[-*] |\d{1,3}\. )$/.test(text)), body).toBe(true);
  }
});

it.each(["*a".repeat(20_000), "*a* ".repeat(15_000), "`a` ".repeat(15_000), "`".repeat(60_000), "```a".repeat(15_000), "```a\n".repeat(12_000), "> ".repeat(30_000), "- a\n".repeat(15_000), "@120000000000001 ".repeat(3_500), "+5511988880000 ".repeat(4_000), "+1 ".repeat(20_000), `+1${"-1".repeat(30_000)}`, "_*~".repeat(20_000), "\n".repeat(60_000), "www.a.com *a* `b` ".repeat(3_500)])(
  "is done with a hostile text before the test times out",
  (text) => {
    expect(sourceOf(parseMessage(text, [bia]))).toBe(text);
  },
);
