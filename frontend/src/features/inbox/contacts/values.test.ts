import { expect, it } from "vitest";
import type { FieldKind, FieldValue } from "@/types/wire";
import { draftOf, formatValue, isSameDraft, readDraft } from "./values";

it.each<[FieldKind, FieldValue, string]>([
  ["text", "Porto", "Porto"],
  ["number", 12_500.5, "12,500.5"],
  ["date", "2026-03-02", "Mar 2, 2026"],
  ["yes_no", false, "No"],
  ["multi_list", ["Small", "Large"], "Small, Large"],
])("shows a value of the kind %s, and the form gives it back", (kind, value, shown) => {
  expect(formatValue({ kind }, value)).toBe(shown);
  expect(readDraft({ kind }, draftOf({ kind }, value))).toEqual(value);
});

it.each<[FieldKind]>([["text"], ["number"], ["date"], ["yes_no"], ["list"], ["multi_list"]])("empties a field of the kind %s", (kind) => {
  expect(readDraft({ kind }, draftOf({ kind }, undefined))).toBeNull();
});

it("leaves a text that is no number to the server, which says why", () => {
  expect(readDraft({ kind: "number" }, " 12a ")).toBe("12a");
  expect(isSameDraft(["a"], ["a"])).toBe(true);
  expect(isSameDraft("a", "b")).toBe(false);
});
