/** The dialog of office hours and automatic replies: what it shows, stores and does not let through. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { ApiContext } from "@/lib/api/context";
import { ApiError } from "@/lib/api/errors";
import { createRoutes } from "@/lib/api/routes";
import { makeAccount } from "@/testing/factories";
import type { AutoReplies, OneHours } from "@/types/wire";
import { HoursDialog } from "./HoursDialog";

const OFF = { is_on: false, text: "", updated_at: null };
const OPEN: OneHours = {
  hours: { account_id: 1, time_zone: "Europe/Berlin", week: [[[540, 1020]], [], [], [], [], [], []], holidays: [{ date: "2026-12-25", name: "Christmas", spans: [] }], updated_at: "" },
  is_open: true,
  changes_at: null,
};

async function show(hours: OneHours, replies: Partial<AutoReplies> = {}) {
  HTMLDialogElement.prototype.showModal = function showModal(this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = vi.fn();
  const api = createRoutes(() => Promise.reject(new Error("no network in tests")));
  vi.spyOn(api, "fetchHours").mockResolvedValue(hours);
  vi.spyOn(api, "fetchAutoReplies").mockResolvedValue({ welcome: OFF, away: OFF, ...replies });
  const setHours = vi.spyOn(api, "setHours").mockResolvedValue(undefined);
  const setAutoReplies = vi.spyOn(api, "setAutoReplies").mockResolvedValue({ welcome: OFF, away: OFF });
  const onClose = vi.fn();
  render(
    <QueryClientProvider client={new QueryClient()}>
      <ApiContext value={api}>
        <HoursDialog account={makeAccount()} onClose={onClose} />
      </ApiContext>
    </QueryClientProvider>,
  );
  await screen.findByTestId("hours-save");
  return { setHours, setAutoReplies, onClose };
}

const save = () => screen.getByTestId("hours-save");
/** One of several with this test id. */
function nth(testId: string, index: number): HTMLElement {
  const found = screen.getAllByTestId(testId)[index];
  if (found === undefined) throw new Error(`no ${testId} ${index}`);
  return found;
}
const isOff = () => (save() as HTMLButtonElement).disabled;

it("copies a day to all days, and adds a break and a holiday", async () => {
  const { setHours, onClose } = await show(OPEN);
  const monday = within(nth("hours-day", 0));
  fireEvent.change(monday.getByTestId("hours-to"), { target: { value: "12:00" } });
  await userEvent.click(monday.getByTestId("hours-add"));
  await userEvent.click(monday.getByTestId("hours-copy"));
  await userEvent.click(within(nth("hours-day", 6)).getByRole("checkbox"));
  await userEvent.click(screen.getByTestId("holiday-add"));
  expect(isOff()).toBe(true);
  fireEvent.change(nth("holiday-date", 1), { target: { value: "2026-12-25" } });
  expect(isOff()).toBe(true);
  fireEvent.change(nth("holiday-date", 1), { target: { value: "2026-12-26" } });
  await userEvent.click(save());
  const office = [[540, 720], [780, 1020]];
  const holidays = [{ date: "2026-12-25", name: "Christmas", spans: [] }, { date: "2026-12-26", name: "", spans: [] }];
  expect(setHours).toHaveBeenCalledExactlyOnceWith(1, { time_zone: "Europe/Berlin", week: [...Array.from({ length: 6 }, () => office), []], holidays });
  await vi.waitFor(() => expect(onClose).toHaveBeenCalledOnce());
});

it("says what is wrong with a time, and does not store it", async () => {
  await show(OPEN);
  const monday = within(nth("hours-day", 0));
  fireEvent.change(monday.getByTestId("hours-to"), { target: { value: "02:00" } });
  expect(monday.getByRole("alert").textContent).toContain("after midnight");
  expect(isOff()).toBe(true);
});

it("turns the hours off", async () => {
  const { setHours } = await show(OPEN);
  await userEvent.click(screen.getByTestId("hours-on"));
  expect(screen.queryAllByTestId("hours-day")).toEqual([]);
  await userEvent.click(save());
  expect(setHours).toHaveBeenCalledExactlyOnceWith(1, null);
});

it("stores a text with variables that have a default, shown as it will be sent", async () => {
  const { setAutoReplies } = await show({ ...OPEN, hours: null });
  await userEvent.click(screen.getByTestId("hours-away"));
  expect(screen.getByText(/this number is always open/)).toBeTruthy();
  expect(isOff()).toBe(true);
  const field = screen.getByTestId("hours-away-text");
  expect(document.getElementById(field.getAttribute("aria-describedby") ?? "")?.textContent).toBe("Write the text, or switch it off.");
  fireEvent.change(field, { target: { value: "Hi {{contact.first_name}}" } });
  expect(screen.getByRole("alert").textContent).toContain("{{contact.first_name | default: ''}}");
  fireEvent.change(field, { target: { value: "From {{agent.name | default: 'us'}}" } });
  expect(screen.getByRole("alert").textContent).toContain("{{agent.name | default: 'us'}}");
  expect(isOff()).toBe(true);
  fireEvent.change(field, { target: { value: "Hi " } });
  (field as HTMLTextAreaElement).setSelectionRange(3, 3);
  await userEvent.click(screen.getByRole("button", { name: "Contact’s first name" }));
  await userEvent.click(screen.getByRole("button", { name: "When it opens next" }));
  const text = "Hi {{contact.first_name | default: ''}}{{hours.opens_at | default: ''}}";
  expect(screen.getByTestId("hours-preview").textContent).toBe("Hi Contact’s first nameWhen it opens next");
  await userEvent.click(save());
  await vi.waitFor(() => expect(setAutoReplies).toHaveBeenCalledExactlyOnceWith(1, { welcome: { is_on: false, text: "" }, away: { is_on: true, text } }));
});

it("stays open with the reason when it could not be stored", async () => {
  const { setHours, setAutoReplies, onClose } = await show(OPEN);
  setHours.mockRejectedValue(new ApiError(403, { code: "forbidden", message: "Only an owner may.", fields: {}, requestId: null }));
  await userEvent.click(save());
  expect(await screen.findByText("You don’t have permission to do that.")).toBeTruthy();
  expect(setAutoReplies).not.toHaveBeenCalled();
  expect(onClose).not.toHaveBeenCalled();
});
