/** A view that is opened lists what was saved. */
import { expect, it } from "vitest";
import { ALL_CHATS, parseQuery, searchOf, type ListQuery } from "@/features/inbox/chats/query/listQuery";
import { idsOf } from "./ids";
import { addressOf, viewOf } from "./viewAddress";

const LAST = { view: "mine", sort: "waiting" } as const;

it.each<[string, Partial<ListQuery>, readonly number[]]>([
  ["all chats", {}, []],
  ["one's own that wait", { view: "mine", status: "open", sort: "waiting", waitingMinutes: 30 }, []],
  ["unassigned ones of two numbers", { view: "unassigned", status: "any", filter: "unread" }, [3, 4]],
  ["those of a colleague and a team", { assigneeId: 7, teamId: 2, status: "closed" }, [3]],
  ["those with mentions of the user", { mentioned: true, status: "open" }, []],
  ["those with two labels", { labels: [5, 9], filter: "groups" }, []],
])("%s", (_, fields, accountIds) => {
  const query = { ...ALL_CHATS, ...fields };
  const address = new URLSearchParams(addressOf(viewOf(query, accountIds)));
  expect(parseQuery(address, LAST)).toEqual(query);
  expect(idsOf(address.get("account"))).toEqual(accountIds);
});

it("asks the server for labels and the time that contacts wait", () => {
  expect(searchOf({ ...ALL_CHATS, labels: [5, 9], waitingMinutes: 30 })).toEqual({ labels: "5,9", waiting_minutes: "30" });
});
