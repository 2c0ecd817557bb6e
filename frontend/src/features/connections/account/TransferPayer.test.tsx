import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { ACCOUNTS_KEY } from "@/lib/accounts";
import { ApiContext } from "@/lib/api/context";
import { ApiError } from "@/lib/api/errors";
import type { Api } from "@/lib/api/routes";
import { ME_KEY } from "@/lib/rights";
import { makeAccount, makeMe } from "@/testing/factories";
import type { Account, Member } from "@/types/wire";
import { TransferPayer } from "./TransferPayer";
import { MembersDialog } from "./MembersDialog";

const member = (user_id: number, name: string, fields: Partial<Member> = {}): Member => ({
  user_id,
  name,
  email: `${name.toLowerCase()}@example.com`,
  role: "agent",
  restricted: false,
  is_active: true,
  is_payer: false,
  created_at: "2026-03-02T09:00:00.000Z",
  ...fields,
});
const ANA = member(7, "Ana", { role: "owner", is_payer: true });
const [BIA, REMOVED] = [member(8, "Bia"), member(9, "Gone", { is_active: false })];

beforeEach(() => {
  HTMLDialogElement.prototype.showModal = function showModal(this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = vi.fn();
});

function show(payer_id: number, members: readonly Member[], routes: Partial<Api> = {}) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity, retry: false } } });
  const account = makeAccount({ payer_id, role: "owner" });
  const [onClose, onTransfer] = [vi.fn(), vi.fn()];
  client.setQueryData(ACCOUNTS_KEY, [account]);
  client.setQueryData(ME_KEY, makeMe());
  const api = { listMembers: () => Promise.resolve(members), listTeam: () => Promise.resolve([]), ...routes };
  const wrap = (children: React.ReactNode) =>
    render(
      <QueryClientProvider client={client}>
        <ApiContext value={api as unknown as Api}>{children}</ApiContext>
      </QueryClientProvider>,
    );
  return { client, account, onClose, onTransfer, wrap };
}

it("transfers to an active member once one is chosen", async () => {
  const setPayer = vi.fn<Api["setPayer"]>().mockResolvedValue({ member: BIA });
  const { client, account, onClose, wrap } = show(7, [ANA, BIA, REMOVED], { setPayer });
  wrap(<TransferPayer account={account} onClose={onClose} />);
  const choice = await screen.findByRole("combobox", { name: "New billing owner" });
  expect([...choice.querySelectorAll("option")].map(({ text }) => text)).toEqual(["Choose a teammate", "Bia (bia@example.com)"]);
  expect(screen.getByTestId("confirm-hand-over")).toHaveProperty("disabled", true);
  await userEvent.selectOptions(choice, "8");
  expect(screen.getByText("Messages counted so far stay with Ana.")).toBeTruthy();
  await userEvent.click(screen.getByTestId("confirm-hand-over"));
  expect(setPayer).toHaveBeenCalledExactlyOnceWith(1, 8);
  expect(onClose).toHaveBeenCalledOnce();
  expect(client.getQueryData<Account[]>(ACCOUNTS_KEY)).toMatchObject([{ payer_id: 8 }]);
});

it("reports why the transfer failed, and stays open", async () => {
  const message = "The plan of Bia includes one number. Disconnect one, or ask for a larger plan.";
  const denial = new ApiError(402, { code: "plan_limit", message, fields: {}, requestId: null });
  const { account, onClose, wrap } = show(7, [ANA, BIA], { setPayer: () => Promise.reject(denial) });
  wrap(<TransferPayer account={account} onClose={onClose} />);
  await userEvent.selectOptions(await screen.findByRole("combobox"), "8");
  await userEvent.click(screen.getByTestId("confirm-hand-over"));
  expect(await screen.findByText(message)).toBeTruthy();
  expect(onClose).not.toHaveBeenCalled();
});

it("asks for a member to be added first if there is no other", async () => {
  const { account, onClose, wrap } = show(7, [ANA, REMOVED]);
  wrap(<TransferPayer account={account} onClose={onClose} />);
  expect(await screen.findByText("Give another user access first, then transfer.")).toBeTruthy();
  expect(screen.getByTestId("confirm-hand-over")).toHaveProperty("disabled", true);
});

it("is offered to the payer, and not to another owner", async () => {
  const { client, account, onTransfer, onClose, wrap } = show(7, [ANA, BIA]);
  wrap(<MembersDialog account={account} onTransfer={onTransfer} onClose={onClose} />);
  await userEvent.click(await screen.findByTestId("hand-over"));
  expect(onTransfer).toHaveBeenCalledOnce();
  // Another user has transferred it meanwhile: known from the account's push alone.
  client.setQueryData(ACCOUNTS_KEY, [makeAccount({ payer_id: 8, role: "owner", seq: 2 })]);
  expect(await screen.findByRole("button", { name: "Remove Ana" })).toBeTruthy();
  expect(screen.queryByTestId("hand-over")).toBeNull();
});
