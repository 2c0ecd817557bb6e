"""The rows of the route table for contacts, and for the fields that the team defines for them."""

from server.handlers import contact_fields, contact_imports, contact_records
from server.routes.route import ACCOUNT, ALL, CONTACT, Route
from server.schemas import contact_imports as import_schemas
from server.schemas import contacts as schemas
from server.schemas.fields import ListQuery

FIELDS = "/api/contact-fields"
FIELD = FIELDS + r"/{field_id:\d{1,20}}"
IMPORTS = ACCOUNT + "/contact-imports"
IMPORT = IMPORTS + r"/{import_id:\d{1,20}}"
ON_CONTACT = CONTACT + r"/labels/{label_id:\d{1,20}}"

CONTACT_ROUTES = (
    Route("GET", FIELDS, contact_fields.list_contact_fields, answer=schemas.FieldList),
    Route(
        "POST",
        FIELDS,
        contact_fields.create_contact_field,
        body=schemas.CreateField,
        answer=schemas.OneField,
        status=201,
        errors=("conflict",),
    ),
    Route(
        "PATCH",
        FIELD,
        contact_fields.change_contact_field,
        body=schemas.ChangeField,
        answer=schemas.OneField,
        errors=("conflict",),
    ),
    Route("DELETE", FIELD, contact_fields.delete_contact_field, status=204),
    Route(
        "GET",
        ALL + "/contacts",
        contact_records.list_contacts,
        query=schemas.ContactQuery,
        answer=schemas.ContactList,
    ),
    Route("GET", CONTACT, contact_records.show_contact, answer=schemas.OneContact),
    Route(
        "PATCH", CONTACT, contact_records.patch_contact, body=schemas.PatchContact, answer=schemas.OneContact
    ),
    Route("GET", CONTACT + "/chats", contact_records.list_contact_chats, answer=schemas.ContactChats),
    Route("PUT", ON_CONTACT, contact_records.add_contact_label, answer=schemas.OneContact),
    Route("DELETE", ON_CONTACT, contact_records.remove_contact_label, answer=schemas.OneContact),
    Route(
        "POST",
        CONTACT + "/merge",
        contact_records.merge_contacts,
        body=schemas.MergeContact,
        answer=schemas.OneContact,
        errors=("conflict",),
    ),
    Route(
        "DELETE",
        CONTACT + "/merge",
        contact_records.undo_contact_merge,
        answer=schemas.OneContact,
        errors=("conflict",),
    ),
    Route("GET", ACCOUNT + "/contacts.csv", contact_imports.export_contacts, content_type="text/csv"),
    Route(
        "POST",
        IMPORTS,
        contact_imports.upload_contacts,
        form=import_schemas.ImportForm,
        answer=import_schemas.OneContactImport,
        status=201,
    ),
    Route(
        "GET",
        IMPORTS,
        contact_imports.list_contact_imports,
        query=ListQuery,
        answer=import_schemas.ContactImportList,
    ),
    Route("GET", IMPORT, contact_imports.show_contact_import, answer=import_schemas.OneContactImport),
    Route("DELETE", IMPORT, contact_imports.delete_contact_import, status=204),
    Route(
        "POST",
        IMPORT + "/check",
        contact_imports.check_contact_import,
        body=import_schemas.CheckImport,
        answer=import_schemas.OneContactImport,
        status=202,
        errors=("conflict",),
    ),
    Route(
        "POST",
        IMPORT + "/start",
        contact_imports.start_contact_import,
        answer=import_schemas.OneContactImport,
        status=202,
        errors=("conflict",),
    ),
    Route(
        "GET",
        IMPORT + "/rejected",
        contact_imports.list_rejected_rows,
        query=ListQuery,
        answer=import_schemas.RejectedRowList,
    ),
    Route("GET", IMPORT + "/rejected.csv", contact_imports.fetch_rejected_rows, content_type="text/csv"),
)
