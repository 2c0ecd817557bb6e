/** Every action of a chat names what it changes, and its undo restores exactly that. */
import { describe, expect, it } from "vitest";
import { makeChat } from "@/testing/factories";
import type { Chat } from "@/types/wire";
import { ALWAYS, archive, inHours, isMuted, mute, pin, toggleRead, type ChatAction } from "./chatActions";

const SOON = inHours(8, 0);

describe("the actions of a chat", () => {
  it.each<[string, Partial<Chat>, (chat: Chat) => ChatAction, ChatAction["patch"], ChatAction["text"]]>([
    ["archive", { archived: false }, archive, { archived: true }, "commands.done.archived"],
    ["unarchive", { archived: true }, archive, { archived: false }, "commands.done.unarchived"],
    ["pin", { pinned: false }, pin, { pinned: true }, "commands.done.pinned"],
    ["unpin", { pinned: true }, pin, { pinned: false }, "commands.done.unpinned"],
    ["mute", { muted_until: null }, (chat) => mute(chat, SOON), { muted_until: SOON }, "commands.done.muted"],
    ["unmute", { muted_until: ALWAYS }, (chat) => mute(chat, null), { muted_until: null }, "commands.done.unmuted"],
    ["mark as read", { unread_count: 3, seq: 70 }, toggleRead, { read: true, read_seq: 70 }, "commands.done.read"],
    ["mark as unread", { unread_count: 0 }, toggleRead, { read: false }, "commands.done.unread"],
  ])("%s", (_, fields, act, patch, text) => {
    const chat = makeChat(fields);
    const action = act(chat);
    expect([action.patch, action.text]).toEqual([patch, text]);
    expect({ ...chat, ...action.change }).not.toEqual(chat);
    expect({ ...chat, ...action.change, ...action.undo.change }).toEqual(chat);
  });

  it("ends muting at its time", () => {
    const chat = makeChat({ muted_until: SOON });
    expect([isMuted(chat, 8 * 3_600_000 - 1), isMuted(chat, 8 * 3_600_000), isMuted(makeChat({ muted_until: null }))]).toEqual([true, false, false]);
  });
});
