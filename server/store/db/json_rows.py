"""Rows as JSON text, written by Postgres: an object of its columns, without spaces."""

# What `row_of` makes, as text.
ROW_JSON = "row_to_json(shown)::text"


def json_of(fields: str) -> str:
    """These columns as one expression, for statements that already have the tables they are read from."""
    return f"row_to_json((select x from (select {fields}) x))::text"


def row_of(fields: str) -> str:
    """The same as a join, for `ROW_JSON`: a page has no subquery for each of its rows."""
    return f"cross join lateral (select {fields}) shown"
