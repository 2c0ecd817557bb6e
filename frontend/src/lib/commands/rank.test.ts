/** The palette finds by beginnings of words, in any order, without accents. */
import { expect, it } from "vitest";
import { rank } from "./rank";

const KEYWORDS = ["Mark as unread", "This chat"];

it.each<[string, number]>([
  ["mark", 1],
  ["MARK AS", 1],
  ["unr", 0.8],
  ["unread mark", 0.8],
  ["chat unread", 0.5],
  ["chat", 0.5],
  ["nread", 0],
  ["mark read", 0],
  ["…", 0],
])("“%s” gets %d", (typed, score) => {
  expect(rank("chat.unread", typed, KEYWORDS)).toBe(score);
});

it.each<[string, string, string, number]>([
  ["ignores accents", "chat.7", "joao", 1],
  ["keeps what the server found", "found.chat.7", "5511", 0.3],
  ["puts a match above what the server found", "found.chat.7", "alm", 0.8],
])("%s", (_, value, typed, score) => {
  expect(rank(value, typed, ["João Almeida"])).toBe(score);
});
