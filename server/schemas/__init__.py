"""The shapes of the outside: one module a noun; the OpenAPI document is generated from them."""
