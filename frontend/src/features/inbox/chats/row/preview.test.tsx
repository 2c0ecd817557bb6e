import { beforeEach, describe, expect, it } from "vitest";
import { makeChat } from "@/testing/factories";
import type { Chat, LastMessageContent } from "@/types/wire";
import { formatLength } from "@/features/inbox/messages/content";
import { plainText } from "@/features/inbox/messages/parseMessage";
import { readPreviewsWith } from "@/features/inbox/messages/previewText";
import { firstNameOf, previewOf } from "./preview";

const TEXT: LastMessageContent = { kind: "text", has_text: true, name: null, duration: null, sender: null };
const media = (fields: Partial<LastMessageContent>): LastMessageContent => ({ ...TEXT, has_text: false, ...fields });
const show = (content: LastMessageContent | null, fields: Partial<Chat> = {}) => {
  const { icon, label, text, sender } = previewOf(makeChat({ last_message_content: content, last_message_preview: "Hello", ...fields }));
  return [icon, label, text, sender];
};

// It stays for the next file, as in the app.
beforeEach(() => readPreviewsWith((body) => plainText(body)));

it("shows a formatted text as it was typed until its markers can be read", () => {
  readPreviewsWith((body) => body);
  expect(show(TEXT, { last_message_preview: "*Big* news" })[2]).toBe("*Big* news");
});

describe("the preview of", () => {
  it.each<[string, LastMessageContent | null, Partial<Chat>, ReturnType<typeof show>]>([
    ["an empty chat", null, {}, [null, null, "No messages yet", null]],
    ["a text", TEXT, {}, [null, null, "Hello", null]],
    ["a formatted text", TEXT, { last_message_preview: "*Big* news" }, [null, null, "Big news", null]],
    ["a text in a group", { ...TEXT, sender: "Bia Lima" }, {}, [null, null, "Hello", "Bia"]],
    ["a photo", media({ kind: "photo", name: "a.png" }), {}, ["image", null, "Photo", null]],
    ["a photo with a caption", { ...TEXT, kind: "photo" }, {}, ["image", "Photo", "Hello", null]],
    ["a voice message", media({ kind: "voice", duration: 12 }), {}, ["mic", "Voice message", "0:12", null]],
    ["a voice message of unknown length", media({ kind: "voice" }), {}, ["mic", null, "Voice message", null]],
    ["a video", media({ kind: "video", duration: 65 }), {}, ["video", "Video", "1:05", null]],
    ["a file", media({ kind: "file", name: "price.pdf" }), {}, ["file", "File", "price.pdf", null]],
    ["a location", media({ kind: "location", name: "MASP" }), {}, ["place", "Location", "MASP", null]],
    ["a contact without a name", media({ kind: "contact" }), {}, ["person", null, "Contact", null]],
    ["a sticker", media({ kind: "sticker" }), {}, ["sticker", null, "Sticker", null]],
    ["a poll", media({ kind: "unsupported" }), {}, [null, null, "Unsupported message", null]],
    ["a deleted message", media({ kind: "deleted" }), {}, [null, null, "This message was deleted", null]],
    ["an own deleted message", media({ kind: "deleted" }), { last_message_direction: "out" }, [null, null, "You deleted this message", null]],
  ])("%s", (_, content, fields, expected) => expect(show(content, fields)).toEqual(expected));
});

it.each([[0, "0:00"], [7, "0:07"], [65.4, "1:05"], [750, "12:30"], [3900, "1:05:00"]])("%d seconds are %s", (seconds, text) =>
  expect(formatLength(seconds)).toBe(text));

it.each([["Bia Lima", "Bia"], ["佐藤 花", "佐藤"], ["+55 11 98888-0000", "+55 11 98888-0000"], [" Ana ", "Ana"]])("the first name of %s is %s", (name, first) =>
  expect(firstNameOf(name)).toBe(first));
