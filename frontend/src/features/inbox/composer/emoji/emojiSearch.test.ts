import { beforeAll, describe, expect, it } from "vitest";
import { inTone, loadEmoji, type EmojiSet } from "./emojiData";
import { findByCode, findQuery, searchEmoji } from "./emojiSearch";

/** "|" is the caret. */
function query(shown: string) {
  return findQuery(shown.replace("|", ""), shown.indexOf("|"));
}

describe("a colon starts a search", () => {
  it.each([
    [":smi|", { from: 0, words: "smi", isClosed: false }],
    ["hello :he|", { from: 6, words: "he", isClosed: false }],
    ["(:+1|)", { from: 1, words: "+1", isClosed: false }],
    [":größ|", { from: 0, words: "größ", isClosed: false }],
    [":tada:|", { from: 0, words: "tada", isClosed: true }],
    ["one\n:ok|", { from: 4, words: "ok", isClosed: false }],
  ])("in %s", (shown, found) => expect(query(shown)).toEqual(found));

  it.each([[":s|"], [":) |"], ["10:30|"], ["https://exa|"], ["note:ok|"], [":smi le|"], ["smile|"], [":|"]])("not in %s", (shown) =>
    expect(query(shown)).toBeNull(),
  );
});

describe("the search", () => {
  const sets: Record<string, EmojiSet> = {};
  beforeAll(async () => {
    for (const language of ["en", "de", "es", "pt"] as const) sets[language] = await loadEmoji(language);
  });

  const search = (words: string, language = "en", recent: readonly string[] = []) =>
    searchEmoji(sets[language]?.entries ?? [], words, recent, 8).map(({ emoji }) => emoji);

  it.each([
    ["tada", "en", "🎉"],
    ["thumbsup", "en", "👍"],
    ["HEART", "en", "❤️"],
    ["rakete", "de", "🚀"],
    ["cohete", "es", "🚀"],
    ["corazon", "es", "💘"],
    ["coração", "pt", "💘"],
    ["coracao", "pt", "💘"],
  ])("finds %s in %s", (words, language, emoji) => expect(search(words, language)).toContain(emoji));

  it("prefers the exact short code, and what was used lately", () => {
    expect(search("heart")[0]).toBe("❤️");
    const second = search("smi")[1] ?? "";
    expect(search("smi", "en", [second])[0]).toBe(second);
  });

  it("finds nothing for what is no word", () => expect(search("zzzz")).toEqual([]));

  it("knows short codes and skin tones", () => {
    const wave = findByCode(sets.en?.entries ?? [], "WAVE");
    expect(wave?.emoji).toBe("👋");
    expect(wave && inTone(wave, "dark")).toBe("👋🏿");
    const party = findByCode(sets.en?.entries ?? [], "tada");
    expect(party && inTone(party, "dark")).toBe("🎉");
  });

  it("has no emoji that are too new, and no parts of emoji", () => {
    const all = sets.en?.entries ?? [];
    expect(all.length).toBeGreaterThan(1_700);
    expect(all.map(({ emoji }) => emoji)).not.toContain("🏻");
  });
});
