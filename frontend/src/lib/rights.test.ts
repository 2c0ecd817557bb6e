import { expect, it } from "vitest";
import type { Rights } from "@/types/wire";
import { can } from "./rights";

const RIGHTS: Rights = {
  permissions: ["read", "send"],
  number_permissions: { owner: ["read", "send", "manage_number"], agent: ["read", "send"], viewer: ["read"] },
};

it("uses the role in the team, and on the account", () => {
  expect(can(RIGHTS, "send")).toBe(true);
  expect(can(RIGHTS, "manage_people")).toBe(false);
  expect(can(RIGHTS, "manage_number", { role: "owner" })).toBe(true);
  expect(can(RIGHTS, "manage_number", { role: "agent" })).toBe(false);
  expect(can(RIGHTS, "send", { role: "viewer" })).toBe(false);
});

it("requires the team's rights as well as the account's", () => {
  // A team viewer who owns an account can still only read.
  const viewer: Rights = { permissions: ["read"], number_permissions: { owner: ["read"], agent: ["read"], viewer: ["read"] } };
  expect(can(viewer, "send", { role: "owner" })).toBe(false);
  expect(can(viewer, "manage_number", { role: "owner" })).toBe(false);
});

it("allows nothing while the rights are unknown", () => {
  expect(can(undefined, "read")).toBe(false);
  expect(can(RIGHTS, "read", {})).toBe(false);
});
