/** The list's query in the address, towards the server, and for rows that change while they are shown. */
import { describe, expect, it } from "vitest";
import { makeChat } from "@/testing/factories";
import type { Chat } from "@/types/wire";
import { ALL_CHATS, isNarrowed, parseQuery, searchOf, wantsChat, withChange, type ListQuery } from "./listQuery";

const FRESH = { view: "all", sort: "recent" } as const;
const parse = (address: string, last: Pick<ListQuery, "view" | "sort"> = FRESH) => parseQuery(new URLSearchParams(address), last);
const change = (address: string, what: Partial<ListQuery>) => withChange(new URLSearchParams(address), what).toString();

describe("the address", () => {
  it.each<[string, Partial<ListQuery>]>([
    ["", ALL_CHATS],
    ["view=mine", { view: "mine", status: "open" }],
    ["view=unassigned&filter=unread", { view: "unassigned", filter: "unread", status: "open" }],
    ["view=mine&status=any", { view: "mine", status: "any" }],
    ["status=snoozed&sort=waiting&team=4", { view: "all", status: "snoozed", sort: "waiting", teamId: 4 }],
    ["view=mine&assignee=7", { view: "all", status: "any", assigneeId: 7 }],
    ["view=mine&filter=archived", { view: "all", filter: "archived", status: "any" }],
    ["mentioned=me", { mentioned: true }],
    ["view=theirs&mentioned=7&filter=x&status=y&sort=z&assignee=me&team=0", ALL_CHATS],
  ])("%s", (address, expected) => expect(parse(address)).toEqual({ ...ALL_CHATS, ...expected }));

  it("says what was last chosen where it is silent", () => {
    expect(parse("filter=unread", { view: "mine", sort: "waiting" })).toMatchObject({ view: "mine", status: "open", sort: "waiting" });
    expect(parse("view=all&sort=recent", { view: "mine", sort: "waiting" })).toEqual(ALL_CHATS);
  });

  it.each<[string, Partial<ListQuery>, string]>([
    ["account=3", { view: "mine" }, "account=3&view=mine"],
    ["account=3&view=mine&status=closed", { view: "all" }, "account=3&view=all"],
    ["assignee=7&team=4", { view: "unassigned" }, "team=4&view=unassigned"],
    ["filter=archived", { view: "mine" }, "view=mine"],
    ["view=mine", { assigneeId: 7 }, "assignee=7"],
    ["assignee=7", { assigneeId: null }, ""],
    ["filter=groups", { filter: "all" }, ""],
    ["", { mentioned: true }, "mentioned=me"],
    ["mentioned=me", { mentioned: false }, ""],
    ["view=mine", { filter: "unread", sort: "waiting" }, "view=mine&filter=unread&sort=waiting"],
  ])("%s with %o", (address, what, expected) => expect(change(address, what)).toBe(expected));
});

it("has one view for a restricted agent: all that they see and that is open", () => {
  const query = parseQuery(new URLSearchParams("view=unassigned"), FRESH, true);
  expect(query).toEqual({ ...ALL_CHATS, view: "mine", status: "open", isRestricted: true });
  expect(searchOf(query)).toEqual({ status: "open" });
  expect(isNarrowed(query)).toBe(false);
  expect([makeChat({ status: "open" }), makeChat({ status: "closed" })].map(wantsChat(query, 7))).toEqual([true, false]);
});

it.each<[string, Readonly<Record<string, string>>]>([
  ["", {}],
  ["view=mine", { status: "open", assignee: "me" }],
  ["view=unassigned&sort=waiting", { status: "open", assignee: "none", sort: "waiting" }],
  ["status=closed&filter=groups&team=4", { status: "closed", filter: "groups", team_id: "4" }],
  ["assignee=7", { assignee: "7" }],
  ["mentioned=me", { mentioned: "me" }],
])("the server is asked for %s", (address, expected) => expect(searchOf(parse(address))).toEqual(expected));

const ANA = { id: 7, name: "Ana" };
const OPEN = { status: "open", waiting_since: "2026-03-02T09:00:00.000Z" } as const;

it.each<[string, Partial<Chat>, boolean]>([
  ["", {}, true],
  ["", { archived: true }, false],
  ["view=mine", { ...OPEN, assignee: ANA }, true],
  ["view=mine", { ...OPEN, assignee: { id: 8, name: "Bo" } }, false],
  ["view=mine", { assignee: ANA }, false],
  ["view=unassigned", OPEN, true],
  ["view=unassigned", { ...OPEN, assignee: ANA }, false],
  ["assignee=8", { assignee: { id: 8, name: "Bo" } }, true],
  ["assignee=8", { assignee: ANA }, false],
  ["team=4", { team: { id: 4, name: "Support" } }, true],
  ["team=4", {}, false],
  ["sort=waiting", OPEN, true],
  ["sort=waiting", {}, false],
  ["status=snoozed", OPEN, false],
  ["view=unassigned&filter=unread", { ...OPEN, unread_count: 1 }, true],
  ["view=unassigned&filter=unread", OPEN, false],
])("%s of user 7 wants %o: %s", (address, fields, expected) => expect(wantsChat(parse(address), ANA.id)(makeChat(fields))).toBe(expected));

it.each<[string, boolean]>([
  ["", false],
  ["view=mine", false],
  ["filter=unread", false],
  ["filter=groups", true],
  ["view=mine&status=closed", true],
  ["sort=waiting", true],
  ["assignee=7", true],
])("%s is narrowed: %s", (address, expected) => expect(isNarrowed(parse(address))).toBe(expected));
