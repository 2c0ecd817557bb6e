"""Variables: found, with or without a default, and resolved as the app resolves them."""

import pytest

from server.text.variables import (
    OPENS_AT,
    MissingValueError,
    Used,
    resolve,
    unknown_variables,
    used_variables,
)

VALUES = {
    "contact.name": "Bia Lima",
    "contact.first_name": "Bia",
    "account.name": None,
    "today": "2026-11-30",
}


@pytest.mark.parametrize(
    ("text", "resolved"),
    [
        ("Oi {{contact.first_name}}!", "Oi Bia!"),
        ("{{ contact.name | default: 'you' }} {{today}}", "Bia Lima 2026-11-30"),
        ("{{account.name | default: 'us'}}", "us"),
        ('{{account.name | default: "it\'s us"}}', "it's us"),
        ("{{account.name | default: ''}}.", "."),
        ("{{account.name}}.", "."),
        ("{{contact.phone | default: 'none'}}", "none"),
        ("{{else}} {{contact.name", "{{else}} {{contact.name"),
        ("\\1 {{contact.name}}", "\\1 Bia Lima"),
        ("no variables", "no variables"),
    ],
)
def test_values_and_defaults_take_the_place_of_variables(text: str, resolved: str) -> None:
    assert resolve(text, VALUES) == resolved


@pytest.mark.parametrize("name", ["contact.phone", "account.name"])
def test_where_each_must_have_a_value_one_without_is_an_error(name: str) -> None:
    assert resolve("Oi {{" + name + " | default: ''}}", VALUES, strict=True) == "Oi "
    with pytest.raises(MissingValueError, match=name):
        resolve("Oi {{" + name + "}}", VALUES, strict=True)


def test_a_value_is_no_text_with_variables() -> None:
    assert resolve("{{contact.name}}", {"contact.name": "{{today}}", "today": "x"}) == "{{today}}"


def test_used_variables_know_their_default() -> None:
    text = "{{contact.name}} {{contact.name | default: ''}} {{today}} {{else}}"
    assert used_variables(text) == [
        Used("contact.name", False),
        Used("contact.name", True),
        Used("today", False),
    ]
    assert unknown_variables(text) == ["{{else}}"]


def test_only_auto_replies_know_when_a_number_opens() -> None:
    text = "{{hours.opens_at | default: 'soon'}}"
    assert unknown_variables(text) == [text]
    assert unknown_variables(text, (OPENS_AT,)) == []
    assert resolve(text, {OPENS_AT: "Monday 09:00"}) == "Monday 09:00"
    assert resolve(text, {}) == "soon"
