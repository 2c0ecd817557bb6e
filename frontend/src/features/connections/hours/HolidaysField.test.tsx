/** A new holiday is written into at once, and is wrong only after its date was left empty. */
import { useState } from "react";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { HolidaysField } from "./HolidaysField";
import type { Holiday } from "./hoursForm";

const isInvalid = (input: HTMLElement): boolean => input.getAttribute("aria-invalid") === "true";

function Form() {
  const [holidays, setHolidays] = useState<readonly Holiday[]>([]);
  return <HolidaysField holidays={holidays} onChange={setHolidays} />;
}

it("begins at the date, and says what is wrong once it was left", async () => {
  render(<Form />);
  await userEvent.click(screen.getByTestId("holiday-add"));
  const date = screen.getByTestId("holiday-date");
  expect(document.activeElement).toBe(date);
  expect(isInvalid(date)).toBe(false);
  await userEvent.tab();
  expect(isInvalid(date)).toBe(true);
  expect(date.getAttribute("aria-describedby")).toBe(screen.getByText("Enter a date, and each date once.").id);
});

it("marks a date that is there twice at once", async () => {
  render(<Form />);
  for (let count = 1; count <= 2; count += 1) {
    await userEvent.click(screen.getByTestId("holiday-add"));
    await userEvent.keyboard("2026-12-25");
  }
  expect(screen.getAllByTestId("holiday-date").map(isInvalid)).toEqual([true, true]);
});
