"""What the service's URLs begin with, and who is believed about it."""

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scimcore.http import Headers
from scimcore.service.mount import DRAINED_BYTES, Mount, Outside, forwarded, hopeless, read_body, read_chunks

PROTO, HOST, PREFIX, RFC_7239 = "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Prefix", "Forwarded"


@pytest.mark.parametrize(
    ("fields", "proxies", "outside"),
    [
        ({}, 1, Outside()),
        ({PROTO: "https", HOST: "a.example", PREFIX: "/x/"}, 1, Outside("https", "a.example", "/x")),
        ({PROTO: "HTTPS", HOST: "a.example:8443"}, 1, Outside("https", "a.example:8443")),
        ({HOST: "[2001:db8::1]:80"}, 1, Outside(host="[2001:db8::1]:80")),
        # The client's own invention comes first, and the nearest proxy's word last.
        ({HOST: "evil.example, a.example"}, 1, Outside(host="a.example")),
        ({HOST: "evil.example, a.example, inner"}, 2, Outside(host="a.example")),
        ({HOST: "a.example"}, 2, Outside(host="a.example")),
        # What is none of what it should be is nothing.
        ({PROTO: "javascript", HOST: "a b", PREFIX: "x"}, 1, Outside()),
        ({PREFIX: "//evil.example"}, 1, Outside()),
        ({PREFIX: "/a/../b"}, 1, Outside()),
        ({PREFIX: "/"}, 1, Outside()),
        ({PREFIX: "/.well-known/scim"}, 1, Outside(prefix="/.well-known/scim")),
        ({HOST: "a.example/path"}, 1, Outside()),
        ({HOST: "user@a.example"}, 1, Outside()),
        ({RFC_7239: "for=192.0.2.1;proto=https;host=a.example"}, 1, Outside("https", "a.example")),
        ({RFC_7239: 'For="[2001:db8::1]"; Proto=HTTPS; Host="a.example:8443"'}, 1, Outside("https", "a.example:8443")),
        ({RFC_7239: "host=evil.example, host=a.example;proto=https"}, 1, Outside("https", "a.example")),
        ({RFC_7239: "host=a.example;proto=https, for=10.0.0.1"}, 2, Outside("https", "a.example")),
        ({RFC_7239: r'host="a\.example"'}, 1, Outside(host="a.example")),
        # A quoted comma ends nothing; what breaks the grammar says nothing at all.
        ({RFC_7239: 'for="x, host=evil.example";host=a.example'}, 1, Outside(host="a.example")),
        ({RFC_7239: "host=a.example;;"}, 1, Outside()),
        ({RFC_7239: 'host="a.example'}, 1, Outside()),
        ({RFC_7239: "host=a.example b"}, 1, Outside()),
        # A proxy that speaks X-Forwarded does not know Forwarded, and lets the client's through.
        ({PROTO: "https", RFC_7239: "host=evil.example"}, 1, Outside("https")),
    ],
)
def test_forwarded(fields: dict[str, str], proxies: int, outside: Outside) -> None:
    assert forwarded(Headers(fields.items()), proxies) == outside


@given(st.sampled_from([PROTO, HOST, PREFIX, RFC_7239]), st.text(max_size=60), st.integers(1, 3))
def test_whatever_is_forwarded_only_what_is_one_gets_through(name: str, text: str, proxies: int) -> None:
    outside = forwarded(Headers([(name, text)]), proxies)
    assert outside.scheme in (None, "http", "https")
    assert all("/" not in part and " " not in part for part in (outside.host or "",))
    assert outside.prefix is None or (outside.prefix.startswith("/") and not outside.prefix.startswith("//"))


FIELDS = Headers([(PROTO, "https"), (HOST, "public.example"), (PREFIX, "/outer")])


@pytest.mark.parametrize(
    ("mount", "url"),
    [
        (Mount("", None, 0), "http://inner:8000/root"),
        (Mount("/v2/", None, 0), "http://inner:8000/root/v2"),
        (Mount("/v2", None, True), "https://public.example/outer/root/v2"),
        (Mount("/v2", "https://fixed.example/scim/", 0), "https://fixed.example/scim"),
    ],
)
def test_base_url(mount: Mount, url: str) -> None:
    assert mount.base_url("http", "inner:8000", "/root", FIELDS) == url


def test_what_is_not_forwarded_stays_as_it_arrived() -> None:
    assert Mount("", None, 1).base_url("http", "inner", "", Headers()) == "http://inner"


@pytest.mark.parametrize(
    ("prefix", "base_url", "trusted", "complaint"),
    [
        ("v2", None, 0, "slash"),
        ("", "scim.example.com/v2", 0, "absolute"),
        ("", None, -1, "number of proxies"),
        ("", "https://fixed.example", True, "fixed"),
    ],
)
def test_a_mount_that_makes_no_sense(prefix: str, base_url: str | None, trusted: int, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Mount(prefix, base_url, trusted)


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({}, False),
        ({"Content-Length": "1000"}, False),
        ({"Content-Length": "1001"}, False),
        ({"Content-Length": str(DRAINED_BYTES)}, False),
        ({"Content-Length": str(DRAINED_BYTES + 1)}, True),
        ({"Content-Length": "9" * 5_000}, True),
        ({"Content-Length": "many"}, False),
        ({"Content-Length": "1000", "Expect": "100-continue"}, False),
        ({"Content-Length": "1001", "Expect": "100-Continue"}, True),
    ],
)
def test_what_is_refused_unread(fields: dict[str, str], refused: bool) -> None:
    assert hopeless(Headers(fields.items()), 1_000) is refused


class Stream(BytesIO):
    """Gives less than it is asked for, as sockets do, and counts."""

    given = 0

    def read(self, size: int | None = -1, /) -> bytes:
        chunk = super().read(min(size or 0, 1_000))
        self.given += len(chunk)
        return chunk


async def chunks(stream: Stream) -> AsyncIterator[bytes]:
    while chunk := stream.read(1_000):
        yield chunk


@pytest.mark.parametrize(("size", "kept"), [(0, 0), (1_500, 1_500), (2_000, 2_000), (2_001, 2_001), (50_000, 2_001)])
def test_a_body_is_kept_as_far_as_it_may_go(size: int, kept: int) -> None:
    body = b"x" * size
    read = read_body(Stream(body), 2_000), asyncio.run(read_chunks(chunks(Stream(body)), 2_000))
    assert [len(one) for one in read] == [kept, kept]
    if kept <= 2_000:
        assert read == (body, body)


def test_a_body_is_not_read_without_end() -> None:
    streams = Stream(bytes(DRAINED_BYTES + 100_000)), Stream(bytes(DRAINED_BYTES + 100_000)), Stream(bytes(9_999))
    read_body(streams[0], 2_000)
    asyncio.run(read_chunks(chunks(streams[1]), 2_000))
    assert read_body(streams[2], 2_000, at_most=1_234) == bytes(1_234)
    assert [stream.given for stream in streams] == [DRAINED_BYTES, DRAINED_BYTES + 568, 1_234]
