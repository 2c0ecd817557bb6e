import { expect, it } from "vitest";
import { linkify } from "./linkify";

const links = (text: string) => linkify(text).filter(({ href }) => href !== null).map((part) => [part.text, part.href]);

it.each([
  ["see https://x.example/a.", "https://x.example/a"],
  ["https://x.example/a?b=c&d=[1]#e", "https://x.example/a?b=c&d=[1]#e"],
  ["HTTPS://X.EXAMPLE/A", "HTTPS://X.EXAMPLE/A"],
  ["https://en.wikipedia.org/wiki/Rust_(programming_language)", "https://en.wikipedia.org/wiki/Rust_(programming_language)"],
  ["(https://en.wikipedia.org/wiki/Rust_(language))", "https://en.wikipedia.org/wiki/Rust_(language)"],
  ["(see https://x.example/a)", "https://x.example/a"],
  ["(https://x.example/a).", "https://x.example/a"],
  ["[link](https://x.example/a)", "https://x.example/a"],
  ["（https://x.example/a）", "https://x.example/a"],
  ["*https://x.example/a*", "https://x.example/a"],
  ["_https://x.example/a_ ", "https://x.example/a"],
  ["~https://x.example/a~", "https://x.example/a"],
  ["`https://x.example/a`", "https://x.example/a"],
  ["https://x.example/snake_case_*", "https://x.example/snake_case"],
  ["https://x.example/a。", "https://x.example/a"],
  ["「https://x.example/a」です", "https://x.example/a"],
  ["『https://x.example/a』", "https://x.example/a"],
  ["https://x.example/a؟", "https://x.example/a"],
  ["https://x.example/a،", "https://x.example/a"],
  ["https://x.example/a、https", "https://x.example/a、https"],
  ["https://x.example/a…", "https://x.example/a"],
  ["https://x.example/a?!", "https://x.example/a"],
  ["“https://x.example/a”", "https://x.example/a"],
  ["«https://x.example/a»", "https://x.example/a"],
  ["<https://x.example/a>", "https://x.example/a"],
  ["\u2068https://x.example/a\u2069", "https://x.example/a"],
  ["https://x.example/a\u202Egpj.exe", "https://x.example/a"],
  ["https://x.example/a\u200Bb", "https://x.example/a"],
  ["https://x.example/a\u00A0b", "https://x.example/a"],
  ["请看https://x.example/a", "https://x.example/a"],
  ["**https://x.example/a**", "https://x.example/a"],
  ["https://münchen.example/straße", "https://münchen.example/straße"],
  ["https://пример.рф/путь", "https://пример.рф/путь"],
  ["https://例え.テスト/パス", "https://例え.テスト/パス"],
  ["http://localhost:8080/a", "http://localhost:8080/a"],
  ["http://[::1]:8080/a", "http://[::1]:8080/a"],
  ["http://10.0.0.1/a", "http://10.0.0.1/a"],
  ["https://x.example:8443/a,b;c", "https://x.example:8443/a,b;c"],
  ["https://x.example/@user", "https://x.example/@user"],
])("links the address in %s", (text, address) => {
  expect(links(text)).toEqual([[address, address]]);
});

it.each([
  ["www.example.com", "www.example.com", "https://www.example.com"],
  ["go to www.example.com/a_(b).", "www.example.com/a_(b)", "https://www.example.com/a_(b)"],
  ["example.com", "example.com", "https://example.com"],
  ["wa.me/5511988880000", "wa.me/5511988880000", "https://wa.me/5511988880000"],
  ["youtu.be/abc", "youtu.be/abc", "https://youtu.be/abc"],
  ["shop.example.com.br/p?id=1!", "shop.example.com.br/p?id=1", "https://shop.example.com.br/p?id=1"],
  ["mail bia@example.com, please", "bia@example.com", "mailto:bia@example.com"],
  ["bia.lima+x@mail.example.com.br.", "bia.lima+x@mail.example.com.br", "mailto:bia.lima+x@mail.example.com.br"],
  ["联系bia@example.com谢谢", "bia@example.com", "mailto:bia@example.com"],
  ["请看www.example.com", "www.example.com", "https://www.example.com"],
  ["请看example.com。", "example.com", "https://example.com"],
  ["_example.com_", "example.com", "https://example.com"],
  ["mailto:bia@example.com", "mailto:bia@example.com", "mailto:bia@example.com"],
  ["<bia@exämple.de>", "bia@exämple.de", "mailto:bia@exämple.de"],
])("completes the address in %s", (text, shown, href) => {
  expect(links(text)).toEqual([[shown, href]]);
});

it.each([
  "javascript:alert(1)",
  "data:text/html,https",
  "javascript://x.example/%0aalert(1)",
  "vbscript:x www",
  "http://",
  "https://.",
  "https://。",
  "www.",
  "report.pdf",
  "v1.2.3",
  "3.14",
  "ok.Thanks",
  "e.g.",
  "a@b",
  "@user",
  "file.comics",
  "R$ 10.00",
  "Olá.Tudo bem",
  "x.example.com_y",
  "ftp://example.com",
  "ok.in 5 min",
  "amanha.me liga",
  "hello.it's",
  "Node.js",
  "https://example.com:99999/",
  "münchen.de",
  "päypal.com",
  "user:pass@host",
  "foo.com_bar",
])("leaves %s as it is", (text) => {
  expect(linkify(text)).toEqual([{ text, href: null }]);
});

it("links both addresses of [one](other)", () => {
  expect(links("[https://x.example/a](https://x.example/b)").map(([shown]) => shown)).toEqual(["https://x.example/a", "https://x.example/b"]);
});

it("keeps every character of a text, and each address once", () => {
  const text = "*https://x.example/a* and (www.example.com), bia@example.com 。";
  expect(linkify(text).map((part) => part.text).join("")).toBe(text);
  expect(links(text).map(([shown]) => shown)).toEqual(["https://x.example/a", "www.example.com", "bia@example.com"]);
});

it.each(["a.".repeat(30_000), "a@".repeat(30_000), "(".repeat(60_000), `https://x.example/${"(".repeat(60_000)}`, `https://x.example/${".".repeat(60_000)}`, "www.".repeat(15_000), "https://a)".repeat(6_000), "a-".repeat(30_000), `${"a".repeat(60_000)}@`])(
  "is done with a hostile text before the test times out",
  (text) => {
    expect(linkify(text).map((part) => part.text).join("")).toBe(text);
  },
);
