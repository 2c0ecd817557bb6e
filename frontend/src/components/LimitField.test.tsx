import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { LimitField } from "./LimitField";

function show(value: number | null) {
  const onChange = vi.fn();
  render(<LimitField label="At most" value={value} max={1000} placeholder="No limit" isBusy={false} onChange={onChange} testId="limit" />);
  return { field: screen.getByLabelText<HTMLInputElement>("At most"), onChange };
}

it("saves a number by Enter, and when it is left", async () => {
  const { field, onChange } = show(null);
  await userEvent.type(field, "5{Enter}");
  expect(onChange).toHaveBeenLastCalledWith(5);
  await userEvent.type(field, "12");
  await userEvent.tab();
  expect(onChange).toHaveBeenLastCalledWith(12);
});

it("takes an empty field as no limit, and saves nothing that has not changed", async () => {
  const { field, onChange } = show(5);
  await userEvent.click(field);
  await userEvent.tab();
  expect(onChange).not.toHaveBeenCalled();
  await userEvent.clear(field);
  await userEvent.keyboard("{Enter}");
  expect(onChange).toHaveBeenCalledExactlyOnceWith(null);
});

it.each(["0", "1001", "-3", "1.5", "many"])("does not save %s", async (text) => {
  const { field, onChange } = show(5);
  await userEvent.clear(field);
  await userEvent.type(field, `${text}{Enter}`);
  expect(field.getAttribute("aria-invalid")).toBe("true");
  expect(onChange).not.toHaveBeenCalled();
});

it("says what it takes while it holds something else, and saves nothing", async () => {
  const { field, onChange } = show(5);
  await userEvent.clear(field);
  await userEvent.type(field, "abc{Enter}");
  const problem = screen.getByText("A whole number from 1 to 1,000, or nothing");
  expect(field.getAttribute("aria-describedby")).toBe(problem.id);
  expect(field.getAttribute("aria-invalid")).toBe("true");
  expect(onChange).not.toHaveBeenCalled();
  await userEvent.clear(field);
  expect(field.getAttribute("aria-invalid")).toBeNull();
});
