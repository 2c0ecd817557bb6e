"""The marshmallow schemas of requests and responses, one module per noun; the OpenAPI document is built from them."""
