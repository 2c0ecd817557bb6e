import { QueryClient } from "@tanstack/react-query";
import { describe, expect, it } from "vitest";
import { makeAccount } from "@/testing/factories";
import type { Account } from "@/types/wire";
import { ACCOUNTS_KEY, applyAccount, nameAccount, replaceAccount } from "./accounts";

describe("applyAccount", () => {
  function setUp() {
    const client = new QueryClient();
    client.setQueryData(ACCOUNTS_KEY, [makeAccount({ seq: 5, role: "agent" })]);
    return { client, rows: () => client.getQueryData<Account[]>(ACCOUNTS_KEY) };
  }

  it("takes a newer row and keeps the user's own role", () => {
    const { client, rows } = setUp();
    const event: Partial<Account> = makeAccount({ seq: 6, status: "degraded" });
    delete (event as { role?: unknown }).role;
    applyAccount(client, event as Account);
    expect(rows()).toMatchObject([{ seq: 6, status: "degraded", role: "agent" }]);
  });

  it("drops an older one", () => {
    const { client, rows } = setUp();
    applyAccount(client, makeAccount({ seq: 5, status: "disconnected" }));
    expect(rows()).toMatchObject([{ status: "connected" }]);
  });

  it("takes an older one after a restore, and keeps the user's own role", () => {
    const { client, rows } = setUp();
    const restored: Partial<Account> = makeAccount({ seq: 3, status: "degraded" });
    delete (restored as { role?: unknown }).role;
    replaceAccount(client, restored as Account);
    expect(rows()).toMatchObject([{ seq: 3, status: "degraded", role: "agent" }]);
  });

  it("adds one it has not seen", () => {
    const { client, rows } = setUp();
    applyAccount(client, makeAccount({ id: 2 }));
    expect(rows()?.map((row) => row.id)).toEqual([1, 2]);
  });
});

describe("nameAccount", () => {
  it.each([
    [{ name: "Support Lisboa", phone: "+351 21 555 0143" }, "Support Lisboa"],
    [{ name: "5511904128308", phone: "+5511904128308" }, "+5511904128308"],
    [{ name: "WhatsApp", phone: null }, "New number"],
    [{ name: null, phone: "+49 30 5557 0192" }, "+49 30 5557 0192"],
    [{ name: null, phone: null }, "New number"],
  ])("of %o is %s", (fields, name) => {
    expect(nameAccount(makeAccount(fields))).toBe(name);
  });
});
