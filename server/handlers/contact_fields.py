"""The fields of contacts that the team defines."""

from typing import cast

from aiohttp import web

from server.contacts import definitions
from server.schemas.contacts import ChangeField, CreateField
from server.store.contacts import contact_fields
from server.store.contacts.contact_fields import FieldChanges
from server.web.app_keys import ACTOR, DATABASE
from server.web.notices import FIELDS_CHANGED, publish_notice
from server.web.requests import load_body, object_answer, path_id

CREATE_FIELD, CHANGE_FIELD = CreateField(), ChangeField()


async def list_contact_fields(request: web.Request) -> web.Response:
    """In the order they were created."""
    found = await request.app[DATABASE].read(contact_fields.list_fields)
    return object_answer([("items", f"[{','.join(found)}]")])


async def create_contact_field(request: web.Request) -> web.Response:
    given = await load_body(request, CREATE_FIELD)
    field = await request.app[DATABASE].write(
        definitions.create_field, request[ACTOR], given["name"], given["kind"], given["options"]
    )
    await publish_notice(request.app, FIELDS_CHANGED, None)
    return object_answer([("field", field)], 201)


async def change_contact_field(request: web.Request) -> web.Response:
    """Rename a field, or set what a list offers. Its kind never changes, nor do stored values."""
    changes = cast(FieldChanges, await load_body(request, CHANGE_FIELD))
    field = await request.app[DATABASE].write(
        definitions.change_field, request[ACTOR], path_id(request, "field_id"), changes
    )
    await publish_notice(request.app, FIELDS_CHANGED, None)
    return object_answer([("field", field)])


async def delete_contact_field(request: web.Request) -> web.Response:
    """Delete a field, with its values of all contacts."""
    await request.app[DATABASE].write(definitions.delete_field, request[ACTOR], path_id(request, "field_id"))
    await publish_notice(request.app, FIELDS_CHANGED, None)
    return web.Response(status=204)
