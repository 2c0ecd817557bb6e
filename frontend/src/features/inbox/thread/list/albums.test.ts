// @vitest-environment jsdom -- names come from the catalogue, in the language of the browser
import { expect, it } from "vitest";
import { makeAttachment, makeMessage, READ } from "@/testing/factories";
import type { Message } from "@/types/wire";
import { groupAlbums } from "./albums";
import { mergeBubbles, messagesOf } from "./bubbles";
import { findProgress, Loaded } from "@/features/inbox/thread/scroll/unread";

const photo = makeAttachment({ type: "img", mimetype: "image/jpeg" });
const at = (seconds: number) => new Date(Date.UTC(2026, 2, 2, 9, 0, seconds)).toISOString();

const picture = (id: number, seconds: number, fields: Partial<Message> = {}): Message =>
  makeMessage({ id, body: null, attachments: [{ ...photo, id: `a${id}` }], sent_at: at(seconds), arrived_seq: id, ...fields });

/** The ids of each bubble's messages. */
const group = (...messages: readonly Message[]) => groupAlbums(mergeBubbles(messages, [], [], READ)).map((bubble) => messagesOf(bubble).map(({ id }) => id));

const ana = { provider_id: "a", name: "Ana", phone: null, avatar: null };

it.each<[string, Message[], number[][]]>([
  ["within a minute of each other", [picture(1, 0), picture(2, 50), picture(3, 110)], [[1, 2, 3]]],
  ["a picture and a video", [picture(1, 0), picture(2, 5, { attachments: [makeAttachment({ type: "video", mimetype: "video/mp4" })] })], [[1, 2]]],
  ["one that is still being downloaded", [picture(1, 0), picture(2, 5, { attachments: [{ ...photo, state: "waiting" }] })], [[1, 2]]],
])("joins %s", (_, messages, ids) => {
  expect(group(...messages)).toEqual(ids);
});

it.each<[string, Message]>([
  ["later than a minute", picture(2, 61)],
  ["of another sender", picture(2, 5, { sender: ana })],
  ["of the other side", picture(2, 5, { direction: "out", status: "sent", sender: null })],
  ["with a caption", picture(2, 5, { body: "Look" })],
  ["with a reaction", picture(2, 5, { reactions: [{ value: "👍", sender: { provider_id: "a", name: "Ana" }, is_own: false }] })],
  ["that answers a message", picture(2, 5, { quoted: { message_id: 7, provider_msg_id: "q", sender_id: "a", name: "Ana", direction: "in", body: "?", content: null } })],
  ["that was deleted", picture(2, 5, { deleted_at: at(9) })],
  ["that was forwarded", picture(2, 5, { is_forwarded: true })],
  ["that could not be downloaded", picture(2, 5, { attachments: [{ ...photo, state: "failed" }] })],
  ["that is a sticker", picture(2, 5, { attachments: [{ ...photo, sticker: true }] })],
  ["that is a file", picture(2, 5, { attachments: [makeAttachment()] })],
])("keeps a picture apart from one %s", (_, other) => {
  expect(group(picture(1, 0), other)).toEqual([[1], [2]]);
});

it("keeps an own picture apart from one that failed", () => {
  const own = { direction: "out", sender: null } as const;
  expect(group(picture(1, 0, { ...own, status: "sent" }), picture(2, 5, { ...own, status: "failed" }))).toEqual([[1], [2]]);
});

it("does not join pictures across a text", () => {
  expect(group(picture(1, 0), makeMessage({ id: 2, sent_at: at(3) }), picture(3, 5), picture(4, 6))).toEqual([[1], [2], [3, 4]]);
});

it("keeps the place of an album while it grows, and renders it anew only then", () => {
  const [one, two, three] = [picture(1, 0), picture(2, 5), picture(3, 9)];
  const album = (...messages: readonly Message[]) => groupAlbums(mergeBubbles(messages, [], [], READ))[0];
  expect(album(one, two)).toBe(album(one, two));
  expect(album(one, two, three)).not.toBe(album(one, two));
  expect(album(one, two, three)?.key).toBe(album(one, two)?.key);
});

it("counts every message of an album as read, and as come in", () => {
  const bubbles = groupAlbums(mergeBubbles([makeMessage({ id: 1, sent_at: at(0), arrived_seq: 1 }), picture(2, 1, { arrived_seq: 9 }), picture(3, 5, { arrived_seq: 8 })], [], [], READ));
  const loaded = new Loaded(bubbles, 1);
  expect(findProgress(loaded, { lowest: bubbles[0]?.key ?? null, late: new Set() })).toMatchObject({ mark: 1, below: 2 });
  expect(findProgress(loaded, { lowest: bubbles[1]?.key ?? null, late: new Set() })).toMatchObject({ mark: 9, below: 0 });
});
