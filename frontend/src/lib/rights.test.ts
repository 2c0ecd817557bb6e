import { expect, it } from "vitest";
import type { Rights } from "@/types/wire";
import { can } from "./rights";

const RIGHTS: Rights = {
  permissions: ["read", "send"],
  number_permissions: { owner: ["read", "send", "manage_number"], agent: ["read", "send"], viewer: ["read"] },
};

it("goes by the role in the team, and on the number", () => {
  expect(can(RIGHTS, "send")).toBe(true);
  expect(can(RIGHTS, "manage_people")).toBe(false);
  expect(can(RIGHTS, "manage_number", { role: "owner" })).toBe(true);
  expect(can(RIGHTS, "manage_number", { role: "agent" })).toBe(false);
  expect(can(RIGHTS, "send", { role: "viewer" })).toBe(false);
});

it("asks the team as well as the number", () => {
  // A viewer of the team who owns a number only looks at it.
  const viewer: Rights = { permissions: ["read"], number_permissions: { owner: ["read"], agent: ["read"], viewer: ["read"] } };
  expect(can(viewer, "send", { role: "owner" })).toBe(false);
  expect(can(viewer, "manage_number", { role: "owner" })).toBe(false);
});

it("allows nothing while nothing is known", () => {
  expect(can(undefined, "read")).toBe(false);
  expect(can(RIGHTS, "read", {})).toBe(false);
});
