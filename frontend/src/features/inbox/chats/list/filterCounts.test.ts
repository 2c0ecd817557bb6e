import { describe, expect, it } from "vitest";
import type { AccountCounts } from "@/types/wire";
import { ALL_CHATS, type ListQuery } from "@/features/inbox/chats/query/listQuery";
import { countFilter } from "./filterCounts";

const by = (open: number, snoozed: number, closed: number) => ({ open, snoozed, closed });
const account = (id: number): AccountCounts => ({
  account_id: id, seq: 1, mine: 0, unassigned: 0, open: 0, snoozed: 0, waiting: 0,
  groups: { mine: by(1, 0, 2), unassigned: by(3, 0, 0), all: by(5, 1, 10) },
  archived: by(0, 0, 40),
});
const UNREAD = { messages: 9, archived: 4, groups: 3, chats: 2 };
const count = (filter: "groups" | "archived", query: Partial<ListQuery> = {}) => countFilter([account(1), account(2)], UNREAD, filter, { ...ALL_CHATS, ...query });

describe("the counts of the menu", () => {
  it("are of all accounts that are shown, with the unread messages", () => {
    expect([count("groups"), count("archived")]).toEqual([{ chats: 32, unread: 3 }, { chats: 80, unread: 4 }]);
  });

  it.each<[Partial<ListQuery>, number]>([
    [{ view: "mine", status: "open" }, 2],
    [{ view: "unassigned", status: "open" }, 6],
    [{ view: "unassigned", status: "any" }, 6],
    [{ status: "snoozed" }, 2],
    [{ view: "mine", status: "closed", isRestricted: true }, 20],
  ])("follow the tab and the status: %j", (query, chats) => expect(count("groups", query)).toEqual({ chats, unread: null }));

  it("have all chats of a restricted agent, whose only tab is Mine", () => {
    expect(count("groups", { view: "mine", status: "any", isRestricted: true })).toEqual({ chats: 32, unread: 3 });
  });

  it.each<Partial<ListQuery>>([{ labels: [1] }, { teamId: 1 }, { assigneeId: 7 }, { waitingMinutes: 5 }, { target: "breached" }, { mentioned: true }, { sort: "waiting" }])(
    "are absent where the list has less than is counted: %j",
    (query) => expect(count("groups", query)).toBeNull(),
  );
});
