// @vitest-environment jsdom -- the texts come from the catalogue, in the language of the browser
import { expect, it } from "vitest";
import { makeAccount, makeEntitlement } from "@/testing/factories";
import type { Account } from "@/types/wire";
import { describeHealth } from "./health";
import { describeUsage } from "./useStatus";

const connected: Partial<Account> = {};
const signedOut: Partial<Account> = { status: "needs_action", next_step: "reconnect" };
const restarting: Partial<Account> = { status: "degraded", next_step: "wait" };
const starting: Partial<Account> = { status: "connecting", next_step: "wait" };
const disconnected: Partial<Account> = { status: "disconnected", next_step: "connect" };
const unscanned: Partial<Account> = { status: "connecting", next_step: "scan", phone: null };
const forgotten: Partial<Account> = { status: "disconnected", phone: null };

it.each<[readonly Partial<Account>[], string, string]>([
  [[], "none", "No number connected"],
  [[connected], "ok", "1 number connected"],
  [[connected, connected, signedOut], "bad", "2 numbers connected · 1 needs attention"],
  [[connected, restarting, starting], "warn", "1 number connected · 2 connecting"],
  [[connected, disconnected], "ok", "1 number connected · 1 disconnected"],
  [[signedOut, signedOut], "bad", "No number connected · 2 need attention"],
  [[forgotten], "none", "No number connected"],
  [[connected, unscanned], "ok", "1 number connected"],
])("describes the numbers %#", (accounts, level, text) => {
  expect(describeHealth(accounts.map((fields) => makeAccount(fields)))).toEqual({ level, text });
});

const limit = { allowed: 1_000, used: 412, level: "ok", until: "2026-12-01T00:00:00Z" } as const;

it.each([
  [limit, "none", "412 of 1,000 messages"],
  [{ ...limit, used: 900, level: "warning" }, "warn", "900 of 1,000 messages"],
  [{ ...limit, used: 1_000, level: "reached" }, "bad", "1,000 of 1,000 messages"],
  [{ ...limit, allowed: null, used: 1 }, "none", "1 message this month"],
] as const)("describes the plan %#", (messages, level, text) => {
  expect(describeUsage(makeEntitlement({ messages }))).toEqual({ level, text });
});
