"""Why a row of an imported table is rejected, by code."""

from collections.abc import Mapping

IMPORTS: Mapping[str, str] = {
    "row_cell": "{column}: {reason}",
    "row_no_identifier": "No id, WhatsApp id, phone or username.",
    "row_contact_id": "Must be the id of a contact.",
    "row_whatsapp_id": "Must be a WhatsApp id such as {example}.",
    "row_own_name": "Must have 1 to {most} characters.",
    "row_no_label": "There is no shared label {name}.",
    "row_several": "These ids are of different contacts.",
    "row_twice": "An earlier row is about the same contact.",
    "row_exists": "There is such a contact already.",
    "row_unknown": "There is no such contact.",
}
