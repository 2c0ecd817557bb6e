import { expect, it } from "vitest";
import { makeAttachment, makeMessage, READ } from "@/testing/factories";
import type { Message } from "@/types/wire";
import { mergeBubbles } from "@/features/inbox/thread/list/bubbles";
import { findNext, playbackKey } from "./playbackContext";
import { notePlayed, wasPlayed } from "./played";

const at = (seconds: number) => new Date(Date.UTC(2026, 2, 2, 9, 0, seconds)).toISOString();
const voiceNote = makeAttachment({ type: "audio", voice_note: true });
const voice = (id: number, fields: Partial<Message> = {}) => makeMessage({ id, body: null, attachments: [voiceNote], sent_at: at(id), ...fields });

const nextOf = (first: Message, ...others: readonly Message[]) => findNext(mergeBubbles([first, ...others], [], [], READ), playbackKey(first, voiceNote))?.message.id;

it("goes on to the voice message right after it, past system events", () => {
  expect(nextOf(voice(1), voice(2), voice(3))).toBe(2);
  expect(nextOf(voice(1), makeMessage({ id: 2, is_event: true, event_type: 8, sent_at: at(2) }), voice(3))).toBe(3);
});

it.each([
  ["a text", makeMessage({ id: 2, sent_at: at(2) })],
  ["a deleted one", voice(2, { deleted_at: at(9), attachments: [] })],
  ["one that is not there yet", voice(2, { attachments: [{ ...voiceNote, state: "waiting" }] })],
  ["music", voice(2, { attachments: [{ ...voiceNote, voice_note: false }] })],
])("ends before %s", (_, other) => {
  expect(nextOf(voice(1), other, voice(3))).toBeUndefined();
});

it("remembers the newest that were played", () => {
  for (let id = 1; id <= 1_001; id += 1) notePlayed(id);
  expect([wasPlayed(1), wasPlayed(2), wasPlayed(1_001), wasPlayed(5_000)]).toEqual([false, true, true, false]);
  localStorage.setItem("confab.played", "{");
  expect(wasPlayed(2)).toBe(false);
});
