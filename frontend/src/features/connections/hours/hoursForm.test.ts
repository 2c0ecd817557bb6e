/** Office hours as they are edited: read, written as they were, and what is wrong with them. */
import { expect, it } from "vitest";
import type { Hours } from "@/types/wire";
import { bodyOf, formOf, isComplete, isWrongDate, listZones, problemOf, withAnother, type Span } from "./hoursForm";

const HOURS: Hours = {
  account_id: 1,
  time_zone: "Asia/Kathmandu",
  week: [[[540, 720], [780, 1050]], [[0, 1440]], [], [], [], [], [[0, 360], [1320, 1440]]],
  holidays: [{ date: "2026-12-24", name: "Christmas Eve", spans: [[540, 720]] }],
  updated_at: "2026-11-30T09:00:00.000Z",
};

it("writes what it has read", () => {
  const form = formOf(HOURS);
  expect(form.week[0]).toEqual([{ from: "09:00", to: "12:00" }, { from: "13:00", to: "17:30" }]);
  expect(form.week[1]).toEqual([{ from: "00:00", to: "00:00" }]);
  expect(isComplete(form)).toBe(true);
  const { time_zone, week, holidays } = HOURS;
  expect(bodyOf(form)).toEqual({ time_zone, week, holidays });
});

it("offers office hours to a number that is always open, and stays so unless they are turned on", () => {
  const form = formOf(null);
  expect(bodyOf(form)).toBeNull();
  expect(bodyOf({ ...form, isOn: true })?.week).toEqual([...Array.from({ length: 5 }, () => [[540, 1020]]), [], []]);
});

it.each<readonly [string, string | null]>([
  ["", null],
  ["09:00-17:00", null],
  ["00:00-00:00", null],
  ["22:00-00:00", null],
  ["22:00-02:00", "backwards"],
  ["09:00-09:00", "backwards"],
  ["09:00-", "incomplete"],
  ["09:00-12:00 13:00-17:00", null],
  ["09:00-12:00 12:00-17:00", "overlapping"],
  ["13:00-17:00 09:00-12:00", "overlapping"],
])("finds what is wrong with %o: %o", (text, problem) => {
  const spans = text.split(" ").filter(Boolean).map((one): Span => ({ from: one.split("-")[0] ?? "", to: one.split("-")[1] ?? "" }));
  expect(problemOf(spans)).toBe(problem);
  expect(isComplete({ ...formOf(null), isOn: true, week: [spans] })).toBe(problem === null);
  // What is off is not looked at.
  expect(isComplete({ ...formOf(null), week: [spans] })).toBe(true);
});

it("adds a span where the day has room", () => {
  expect(withAnother([])).toEqual([{ from: "09:00", to: "17:00" }]);
  expect(withAnother([{ from: "09:00", to: "12:00" }])[1]).toEqual({ from: "13:00", to: "17:00" });
  expect(withAnother([{ from: "09:00", to: "21:30" }])[1]).toEqual({ from: "22:30", to: "00:00" });
  expect(withAnother([{ from: "09:00", to: "23:00" }])[1]).toEqual({ from: "", to: "" });
  expect(withAnother([{ from: "09:00", to: "00:00" }])[1]).toEqual({ from: "", to: "" });
});

it("takes each date once", () => {
  const holiday = (id: number, date: string) => ({ id, date, name: "", spans: [] });
  const holidays = [holiday(0, "2026-12-25"), holiday(1, "2026-12-25"), holiday(2, "2026-12-26"), holiday(3, "")];
  expect(holidays.map((one) => isWrongDate(one, holidays))).toEqual([true, true, false, true]);
});

it("knows the zone that is chosen, whatever the browser knows", () => {
  expect(listZones("Mars/Olympus")).toEqual(expect.arrayContaining(["Mars/Olympus", "UTC", "Europe/Berlin"]));
});
