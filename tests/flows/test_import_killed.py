"""A worker is killed while it imports contacts: others continue at the row where it was."""

import asyncio

from tests.flows.processes import Site
from tests.flows.rows import holding_accounts, watching
from tests.server.handlers.test_contact_imports import counts, imports_path, show, table, upload
from tests.support.peers import eventually

ROWS, REJECTED = 1200, range(50, 1200, 97)


def phone_of(n: int) -> str:
    return "+351" if n in REJECTED else f"+3519100{n:05}"


async def test_no_row_is_imported_twice_or_skipped(site: Site) -> None:
    web, worker = await asyncio.gather(site.web(), site.worker())
    owner = await site.sign_in(web)
    account_id = (await owner.link_account("acc-1"))["id"]
    lines = "".join(f"{phone_of(n)},Name {n}\n" for n in range(ROWS))
    made = await upload(owner, account_id, f"phone,own_name\n{lines}")
    path = imports_path(account_id, f"/{made['id']}")

    async def has_state(state: str) -> bool:
        return bool((await show(owner, account_id, made["id"]))["state"] == state)

    async def has_begun() -> bool:
        return bool((await show(owner, account_id, made["id"]))["position"] > 0)

    await owner.ok("POST", f"{path}/check", {"targets": made["targets"]})
    await eventually(lambda: has_state("checked"))
    database_url = site.environment["DATABASE_URL"]
    with watching(database_url) as rows:
        await owner.ok("POST", f"{path}/start")
        await eventually(has_begun)
        # Inside the transaction of a batch.
        async with holding_accounts(database_url):
            await eventually(lambda: asyncio.to_thread(rows.waits_for_a_lock))
            await worker.kill()
        before = await show(owner, account_id, made["id"])
        assert before["state"] == "running" and before["position"] < ROWS
        await asyncio.gather(site.worker(), site.worker())
        await eventually(lambda: has_state("done"), seconds=60)
        stored = (
            "select count(*), count(distinct own_name) from channels_contact where own_name like 'Name%%'"
        )
        added = ROWS - len(REJECTED)
        assert await asyncio.to_thread(rows.ask, stored) == [(added, added)]
    assert counts(await show(owner, account_id, made["id"])) == (added, 0, 0, len(REJECTED))
    # The file of what was rejected is that of an import that no one stopped: each row once, in order.
    _, *rejected = await table(owner, f"{path}/rejected.csv")
    assert [(row[0], *row[2:]) for row in rejected] == [(str(n + 2), "'+351", f"Name {n}") for n in REJECTED]
