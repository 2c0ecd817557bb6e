import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { ApiContext } from "@/lib/api/context";
import { createRoutes } from "@/lib/api/routes";
import { makeAccount } from "@/testing/factories";
import type { SurveySettings } from "@/types/wire";
import { SurveyDialog } from "./SurveyDialog";

const SETTINGS: SurveySettings = {
  is_on: false, question: null, thanks: null, delay_minutes: 5, pause_days: 30, defaults: { language: "pt", question: "Nota?", thanks: "Obrigada" },
};

function show(settings: Partial<SurveySettings> = {}) {
  const api = createRoutes(() => Promise.reject(new Error("no network in tests")));
  const put = vi.spyOn(api, "putSurveySettings").mockResolvedValue(SETTINGS);
  const onClose = vi.fn();
  render(
    <QueryClientProvider client={new QueryClient()}>
      <ApiContext value={api}>
        <SurveyDialog account={makeAccount({ id: 4 })} settings={{ ...SETTINGS, ...settings }} onClose={onClose} />
      </ApiContext>
    </QueryClientProvider>,
  );
  return { put, onClose };
}

it("shows the default texts, and stores none of them", async () => {
  const { put, onClose } = show();
  expect(screen.getByTestId("survey-question")).toHaveProperty("value", "Nota?");
  await userEvent.click(screen.getByTestId("survey-on"));
  await userEvent.click(screen.getByTestId("survey-save"));
  expect(put).toHaveBeenCalledWith(4, { is_on: true, question: null, thanks: null, delay_minutes: 5, pause_days: 30 });
  await vi.waitFor(() => expect(onClose).toHaveBeenCalled());
});

it("stores texts of its own, thanks for nothing, and goes back to the defaults", async () => {
  const { put } = show({ is_on: true, question: "De 1 a 5?" });
  await userEvent.clear(screen.getByTestId("survey-thanks"));
  await userEvent.click(screen.getByTestId("survey-save"));
  expect(put).toHaveBeenLastCalledWith(4, { is_on: true, question: "De 1 a 5?", thanks: "", delay_minutes: 5, pause_days: 30 });
  await userEvent.click(screen.getByRole("button", { name: "Use the default texts" }));
  expect(screen.getByTestId("survey-question")).toHaveProperty("value", "Nota?");
  expect(screen.getByTestId("survey-thanks")).toHaveProperty("value", "Obrigada");
});

it("asks nothing without a question", async () => {
  show();
  await userEvent.clear(screen.getByTestId("survey-question"));
  expect(screen.getByTestId("survey-save")).toHaveProperty("disabled", true);
});
