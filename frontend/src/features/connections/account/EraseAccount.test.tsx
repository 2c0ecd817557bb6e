import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { ACCOUNTS_KEY } from "@/lib/accounts";
import { ApiContext } from "@/lib/api/context";
import { ApiError } from "@/lib/api/errors";
import type { Api } from "@/lib/api/routes";
import { ExportingContext } from "@/lib/exporting";
import { makeAccount } from "@/testing/factories";
import { EraseAccount } from "./EraseAccount";

function show(eraseAccount: Api["eraseAccount"]) {
  HTMLDialogElement.prototype.showModal = function showModal(this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = vi.fn();
  const [client, account] = [new QueryClient(), makeAccount({ name: "Nordlicht Berlin" })];
  client.setQueryData(ACCOUNTS_KEY, [account, makeAccount({ id: 2 })]);
  const [onClose, onExport] = [vi.fn(), vi.fn()];
  render(
    <QueryClientProvider client={client}>
      <ApiContext value={{ eraseAccount } as unknown as Api}>
        <ExportingContext value={onExport}>
          <EraseAccount account={account} onClose={onClose} />
        </ExportingContext>
      </ApiContext>
    </QueryClientProvider>,
  );
  return { client, onClose, onExport };
}

const ERASURE = { id: 1, account_id: 1, state: "running", unlinked: false, messages: 0, created_at: "", updated_at: "" } as const;
const button = () => screen.getByTestId("confirm-erase-number");

it("requires the number's name before erasing, and drops it from the list", async () => {
  const eraseAccount = vi.fn<Api["eraseAccount"]>().mockResolvedValue(ERASURE);
  const { client, onClose } = show(eraseAccount);
  expect(button()).toHaveProperty("disabled", true);
  await userEvent.type(screen.getByRole("textbox"), "nordlicht");
  await userEvent.keyboard("{Enter}");
  expect(button()).toHaveProperty("disabled", true);
  expect(eraseAccount).not.toHaveBeenCalled();
  await userEvent.type(screen.getByRole("textbox"), " berlin");
  await userEvent.click(button());
  expect(eraseAccount).toHaveBeenCalledExactlyOnceWith(1);
  expect(onClose).toHaveBeenCalledOnce();
  expect(client.getQueryData<{ id: number }[]>(ACCOUNTS_KEY)?.map(({ id }) => id)).toEqual([2]);
});

it("reports why erasing failed, and keeps it", async () => {
  const denial = new ApiError(403, { code: "forbidden", message: "Only an owner may.", fields: {}, requestId: null });
  const { client, onClose } = show(() => Promise.reject(denial));
  await userEvent.type(screen.getByRole("textbox"), "Nordlicht Berlin");
  await userEvent.click(button());
  expect(await screen.findByText("You don’t have permission to do that.")).toBeTruthy();
  expect(onClose).not.toHaveBeenCalled();
  expect(client.getQueryData<unknown[]>(ACCOUNTS_KEY)).toHaveLength(2);
});

it("offers an export first", async () => {
  const { onExport } = show(() => Promise.resolve(ERASURE));
  await userEvent.click(screen.getByTestId("export-first"));
  expect(onExport).toHaveBeenCalledExactlyOnceWith({ accountId: 1, contactId: null, name: "Nordlicht Berlin" });
});
