"""Values of deleted fields, and deleted labels of contacts, are removed by the worker."""

from tests.server.handlers.test_contact_fields import contact_path, make_admin
from tests.support.factories import make_field, make_label
from tests.support.fixtures_stack import Stack
from workers.context import open_parts
from workers.periodic import remove_deleted_fields

ROWS = """select (select count(*) from channels_contact_value), (select count(*) from channels_contact_label),
                 (select count(*) from contact_field)"""


async def test_what_was_deleted_is_removed_and_nothing_else(web_only: Stack) -> None:
    admin, _, account_id, contact_id = await make_admin(web_only)
    fields = [await make_field(admin, name) for name in ("City", "Plan")]
    labels = [await make_label(admin, name) for name in ("VIP", "Late")]
    path = contact_path(account_id, contact_id)
    await admin.ok("PATCH", path, {"fields": {str(field_id): "x" for field_id in fields}})
    for label_id in labels:
        await admin.ok("PUT", f"{path}/labels/{label_id}")
    await admin.ok("DELETE", f"/api/contact-fields/{fields[0]}")
    await admin.ok("DELETE", f"/api/labels/{labels[0]}")
    async with open_parts(web_only.config) as parts:
        await remove_deleted_fields(parts)
        assert await web_only.execute(ROWS) == [(1, 1, 2)]
        await remove_deleted_fields(parts)
    assert await web_only.execute(ROWS) == [(1, 1, 1)]
    shown = (await admin.ok("GET", path))["contact"]
    assert (shown["fields"], shown["labels"]) == ({str(fields[1]): "x"}, [labels[1]])
