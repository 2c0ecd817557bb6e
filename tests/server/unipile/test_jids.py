"""Every JID has one normal form, in all callers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.text.phones import phone_of_name, phone_variants
from server.unipile.fields import jids

PHONE, LID = "5511988880000@s.whatsapp.net", "120000000000001@lid"


@pytest.mark.parametrize(
    ("written", "plain", "kind", "phone"),
    [
        (PHONE, PHONE, None, "+5511988880000"),
        ("5511988880000@c.us", PHONE, None, "+5511988880000"),
        ("5511988880000:12@s.whatsapp.net", PHONE, None, "+5511988880000"),
        ("5511988880000.0:12@s.whatsapp.net", PHONE, None, "+5511988880000"),
        ("5511988880000_1:12@S.WhatsApp.NET", PHONE, None, "+5511988880000"),
        ("+5511988880000@s.whatsapp.net", PHONE, None, "+5511988880000"),
        (" 5511988880000 @s.whatsapp.net\n", PHONE, None, "+5511988880000"),
        ("\u200e5511988880000@s.whatsapp.net", PHONE, None, "+5511988880000"),
        ("٥٥١١٩٨٨٨٨٠٠٠٠@s.whatsapp.net", PHONE, None, "+5511988880000"),
        ("0@s.whatsapp.net", "0@s.whatsapp.net", None, None),
        ("1234567890123456@s.whatsapp.net", "1234567890123456@s.whatsapp.net", None, None),
        (LID, LID, None, None),
        ("120000000000001.1:0@lid", LID, None, None),
        ("120000000000001:7@LID", LID, None, None),
        ("5511988880000:99@hosted", "5511988880000@hosted", None, None),
        ("120000000000001:99@hosted.lid", "120000000000001@hosted.lid", None, None),
        ("13135550002@bot", "13135550002@bot", None, None),
        ("120363041111111111@g.us", "120363041111111111@g.us", "group", None),
        ("5511988880000-1612345678@G.US", "5511988880000-1612345678@g.us", "group", None),
        ("120363040000000000@newsletter", "120363040000000000@newsletter", "channel", None),
        ("status@broadcast", "status@broadcast", "broadcast", None),
        ("STATUS@BROADCAST", "status@broadcast", "broadcast", None),
        ("1612345678@broadcast", "1612345678@broadcast", "broadcast", None),
        ("ABCDEF@call", "ABCDEF@call", None, None),
        ("5511988880000@example.org", "5511988880000@example.org", None, None),
        ("5511988880000", "5511988880000", None, None),
        ("me@lid", "me@lid", None, None),
        ("@lid", "@lid", None, None),
        ("ACoAAB-x", "ACoAAB-x", None, None),
        ("", "", None, None),
    ],
)
def test_a_jid_has_one_normal_form(written: str, plain: str, kind: str | None, phone: str | None) -> None:
    assert jids.plain(written) == plain
    assert jids.kind_of(written) == kind
    assert jids.phone_of(written) == phone


SERVERS = ("s.whatsapp.net", "c.us", "lid", "hosted", "hosted.lid")


@given(
    st.from_regex(r"[1-9]\d{4,17}", fullmatch=True),
    st.sampled_from(SERVERS),
    st.integers(0, 99),
    st.integers(0, 99),
)
def test_device_suffixes_are_removed(user: str, server: str, agent: int, device: int) -> None:
    plain = jids.plain(f"{user}@{server}")
    assert jids.plain(plain) == plain
    for written in (
        f"{user}:{device}@{server}",
        f"{user}.{agent}:{device}@{server}",
        f"{user}.{agent}@{server}",
    ):
        assert jids.plain(written) == plain


@given(st.text())
def test_any_text_is_parsed(text: str) -> None:
    assert jids.plain(jids.plain(text)) == jids.plain(text)
    jids.kind_of(text), jids.phone_of(text), phone_of_name(text)
    assert text in jids.forms(text)


@given(st.from_regex(r"\d{5,15}", fullmatch=True))
def test_different_servers_are_different_contacts(digits: str) -> None:
    names = [
        digits,
        *(f"{digits}@{server}" for server in ("s.whatsapp.net", "lid", "hosted", "hosted.lid", "bot")),
    ]
    assert len({jids.plain(name) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("+5511988880000", "+5511988880000"),
        ("5511988880000", "+5511988880000"),
        (5511988880000, "+5511988880000"),
        ("+55 11 98888-0000", "+5511988880000"),
        ("\u202a+55\u00a011\u00a098888\u20110000\u202c", "+5511988880000"),
        ("5511988880000:3@s.whatsapp.net", "+5511988880000"),
        (LID, None),
        ("hidden", None),
        ("", None),
        (None, None),
        ("+0551198888", None),
        ("1" * 16, None),
    ],
)
def test_a_phone_number_is_parsed_from_a_jid(written: object, phone: str | None) -> None:
    assert phone_of_name(written) == phone


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5511988880000", "551188880000"),
        ("5585999990000", "558599990000"),
        ("5215512345678", "525512345678"),
        ("5491123456789", "541123456789"),
    ],
)
def test_both_forms_of_a_phone_number_are_one_contact(one: str, other: str) -> None:
    assert phone_variants(one) == phone_variants(other) == (other, one)
    assert jids.phone_key(f"{one}@s.whatsapp.net") == jids.phone_key(f"{other}@s.whatsapp.net") is not None
    assert f"{one}@s.whatsapp.net" in jids.forms(f"{other}@s.whatsapp.net")


@pytest.mark.parametrize(
    "digits", ["4930123456", "551133330000", "5511933330000x", "14155550100", "390612345678"]
)
def test_phone_numbers_with_one_form_are_unchanged(digits: str) -> None:
    """A Brazilian landline has no ninth digit: it is no mobile number."""
    assert phone_variants(digits) == (digits,)
