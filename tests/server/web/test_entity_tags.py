"""If-None-Match as RFC 9110 has it, and tags of pages that tell nothing."""

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from server.store.accounts.page_versions import PageVersion
from server.web.answers.entity_tags import TAG_BYTES, PageTags, has_version

TAGS = PageTags("secret", "1.0")
VERSION = PageVersion(7, 3)


@pytest.mark.parametrize(
    ("headers", "has"),
    [
        ([], False),
        (['"a"'], True),
        (['W/"a"'], True),
        (['"b", W/"a"'], True),
        (['"b","a"'], True),
        (['"b"', '"a"'], True),
        (["*"], True),
        ([" * "], True),
        (['"b"'], False),
        ([""], False),
        (["a"], False),
        # A comma within a tag does not end it, and a star within a list or quotes is none.
        (['"x,a,y"'], False),
        (['"*"'], False),
        (['*, "b"'], False),
        (['w/"A"'], False),
        (['"a'], False),
        (['"' * 20_000], False),
    ],
)
def test_if_none_match(headers: list[str], has: bool) -> None:
    given = CIMultiDict[str]()
    for header in headers:
        given.add("If-None-Match", header)
    assert has_version(make_mocked_request("GET", "/", given), "a") is has


def test_a_tag_is_of_one_user_url_version_and_way_of_showing() -> None:
    tag = TAGS.tag_of(1, "/a?b", VERSION)
    assert tag == PageTags("secret", "1.0").tag_of(1, "/a?b", VERSION)
    others = {
        TAGS.tag_of(2, "/a?b", VERSION),
        TAGS.tag_of(1, "/a", VERSION),
        TAGS.tag_of(1, "/a?b", PageVersion(8, 3)),
        TAGS.tag_of(1, "/a?b", PageVersion(7, 4)),
        TAGS.tag_of(1, "/a?b", PageVersion(73, 0)),
        PageTags("secret", "1.1").tag_of(1, "/a?b", VERSION),
        PageTags("other", "1.0").tag_of(1, "/a?b", VERSION),
    }
    assert len({tag, *others}) == 8
    assert {len(each) for each in others} == {2 * TAG_BYTES + 2}
