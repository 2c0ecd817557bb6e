/** N goes down the list from where the user is, and starts again at the top. */
import { expect, it } from "vitest";
import { makeChat } from "@/testing/factories";
import { nextUnread } from "./nextUnread";

const chat = (id: number, unread_count: number, archived = false) => makeChat({ id, unread_count, archived });

it.each<[string, ReturnType<typeof chat>[], number | null, number | undefined]>([
  ["the first from the top, with no chat open", [chat(1, 0), chat(2, 1), chat(3, 1)], null, 2],
  ["the next below", [chat(1, 1), chat(2, 1), chat(3, 1)], 2, 3],
  ["from the top again after the last", [chat(1, 1), chat(2, 0), chat(3, 1)], 3, 1],
  ["never the current one", [chat(1, 0), chat(2, 1)], 2, undefined],
  ["from the top if the open chat is not listed", [chat(1, 1)], 9, 1],
  ["no archived chat", [chat(1, 1, true)], null, undefined],
  ["none in an empty list", [], null, undefined],
])("%s", (_, chats, current, expected) => {
  expect(nextUnread(chats, current)?.id).toBe(expected);
});
