"""The meeting-room service as a process: what Okta does over HTTP, and what people see, in a real browser too."""

import http.client
import re
import shutil
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import pytest

from scimcore.profiles import CONDECO

EXAMPLE = Path(__file__).parents[2] / "examples" / "condeco_booking"
TOKEN = "s3cret-token"
PASSWORD = "kq7-not-for-you"

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--window-size=1000,900",
)


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    text: str


def running(*arguments: str) -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, str(EXAMPLE), "--port", "0", "--token", TOKEN, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", first)
        assert found, process.stderr.read()
        yield found[0]
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    """The service after an administrator's day."""
    yield from running("--demo")


@pytest.fixture
def fresh() -> Iterator[str]:
    """The service as it starts."""
    yield from running()


def ask(base: str, method: str, path: str, body: str | None = None, **headers: str) -> Answer:
    url = urlsplit(base)
    connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=60)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        fields = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, fields, answer.read().decode())
    finally:
        connection.close()


class Cells(HTMLParser):
    """The cells of each table row, and the elements that are open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.elements: list[str] = []
        self._cell = False
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        self.elements.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self._cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._cell = False

    def handle_data(self, data: str) -> None:
        if self._cell:
            self.rows[-1][-1] += data


def people_of(html: str) -> dict[str, list[str]]:
    section = html.partition('<section id="people">')[2].partition("</section>")[0]
    return {row[1]: row for row in Cells(section).rows[1:]}


def test_the_page_shows_people_rooms_groups_and_requests(demo: str) -> None:
    answer = ask(demo, "GET", "/")
    assert answer.status == 200
    people = people_of(answer.text)
    assert people["Ada Lovelace"] == [
        "active", "Ada Lovelace", "ada.lovelace@example.com", "+44 20 7946 0001", "+44 7700 900001",
        "Engines", "102", "London", "3", "GB", "en",
    ]  # fmt: skip
    assert people["Grace Hopper"][4] == "+1 917 555 0199"
    assert [people[name][0] for name in people] == ["active", "active", "inactive", "deleted"]
    rows = Cells(answer.text).rows
    assert ["Programmers", "Ada Lovelace, Grace Hopper"] in rows
    assert ["Ada", "London, floor 3", "Ada Lovelace", "free", "free", "free"] in rows
    # The newest request was refused; it says why, and where in Okta to look.
    requests = answer.text.partition('<section id="requests">')[2]
    assert re.findall(r'badge (?:good|bad)">(\d+)<', requests)[:3] == ["400", "200", "200"]
    newest = {row[2]: row for row in reversed(Cells(requests).rows[: len(CONDECO.fields) + 1])}
    assert newest["language"][3:] == ['"English"', "", "value 'English' is not an ISO 639-1 language code"]
    assert newest["lastName"][0] == "Family name"
    assert newest["lastName"][5] == "is required"
    assert newest["email"][3:] == ['"alan.turing@example.com"', '"alan.turing@example.com"', "ok"]


def test_what_others_chose_is_text(demo: str) -> None:
    answer = ask(demo, "GET", "/")
    assert people_of(answer.text)["Grace Hopper"][5] == "<b>Navy</b>"
    assert "<b>Navy" not in answer.text
    assert "script" not in Cells(answer.text).elements
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'")
    assert answer.headers["x-content-type-options"] == "nosniff"
    # Neither the token nor a password is anywhere.
    pages = [answer.text, *(ask(demo, "GET", path).text for path in re.findall(r'href="(/people/[^"]+)"', answer.text))]
    assert len(pages) == 5
    for page in pages:
        assert PASSWORD not in page
        assert TOKEN not in page


def test_a_persons_page_explains_each_value(demo: str) -> None:
    home = ask(demo, "GET", "/").text
    path = re.findall(r'href="(/people/[^"]+)"', home)[0]
    answer = ask(demo, "GET", path)
    rows = {row[2]: row for row in Cells(answer.text).rows}
    assert list(rows)[1:] == list(CONDECO.fields)
    assert rows["language"][3:] == ['"en-GB"', '"en"', "normalised"]
    assert ask(demo, "GET", "/people/nobody").status == 404


def test_the_other_pages(demo: str) -> None:
    style = ask(demo, "GET", "/style.css")
    assert (style.status, style.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert ask(demo, "GET", "/nothing").status == 404
    assert ask(demo, "DELETE", "/").status == 405
    head = ask(demo, "HEAD", "/")
    assert (head.status, head.text) == (200, "")
    assert ask(demo, "GET", "/scim/v2/Users").status == 401


def test_only_active_people_book(demo: str) -> None:
    home = ask(demo, "GET", "/").text
    ada, _, hedy, _ = (path.removeprefix("/people/") for path in re.findall(r'href="(/people/[^"]+)"', home))

    def book(person: str, room: str, hour: str, **headers: str) -> Answer:
        form = urlencode({"person": person, "room": room, "hour": hour})
        return ask(demo, "POST", "/bookings", form, **headers)

    assert "Grace is booked for 10:00." in book(ada, "Grace", "10", Origin=demo).text
    taken = book(ada, "Grace", "10")
    assert (taken.status, "The room is taken at that hour." in taken.text) == (409, True)
    refused = book(hedy, "Grace", "12")
    assert (refused.status, "Only people whose account is active can book." in refused.text) == (409, True)
    assert book(ada, "Cellar", "12").status == 400
    assert book(ada, "Grace", "x").status == 400
    assert book(ada, "Grace", "12", Origin="http://evil.example").status == 403


def test_the_start(fresh: str) -> None:
    answer = ask(fresh, "GET", "/")
    assert "Nobody yet." in answer.text
    assert f"{fresh}/scim/v2" in answer.text
    # What cannot be read is shown all the same.
    headers = {"Authorization": f"Bearer {TOKEN}", "Content_Type": "application/scim+json"}
    assert ask(fresh, "POST", "/scim/v2/Users", "{", **headers).status == 400
    assert ask(fresh, "PATCH", "/scim/v2/Users/nobody", '{"Operations": 5}', **headers).status in (400, 404)
    assert ask(fresh, "POST", "/scim/v2/Users", '{"userName": "<i>eve</i>"}', Authorization="Bearer no").status == 401
    shown = ask(fresh, "GET", "/").text
    assert re.findall(r'badge bad">(\d+)<', shown)[0] == "401"
    # Of somebody unknown nothing is explained.
    assert "eve" not in shown


def test_people_stay_in_a_file(tmp_path: Path) -> None:
    file = str(tmp_path / "people.db")
    first, again = (
        people_of(ask(base, "GET", "/").text)
        for arguments in (("--database", file, "--demo"), ("--database", file))
        for base in running(*arguments)
    )
    assert len(first) == 4
    assert again == first


def test_a_port_that_is_taken_is_explained(fresh: str) -> None:
    port = urlsplit(fresh).port
    done = subprocess.run([sys.executable, str(EXAMPLE), "--port", str(port)], capture_output=True, text=True)
    assert done.returncode == 2
    assert f"cannot listen on port {port}" in done.stderr


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: the page is not looked at in a browser")
def test_in_a_real_browser(demo: str, tmp_path: Path) -> None:
    assert CHROMIUM is not None
    profile, picture = tmp_path / "profile", tmp_path / "page.png"
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={profile}"]
    dumped = subprocess.run([*command, "--dump-dom", f"{demo}/"], capture_output=True, text=True, timeout=120)
    assert dumped.returncode == 0, dumped.stderr
    people = people_of(dumped.stdout)
    assert people["Ada Lovelace"][:3] == ["active", "Ada Lovelace", "ada.lovelace@example.com"]
    assert people["Grace Hopper"][5] == "<b>Navy</b>"
    # The browser has put no element where a value was, and has opened the newest request.
    assert "<b>Navy" not in dumped.stdout
    assert re.search(r'<details class="request" open="">', dumped.stdout)
    subprocess.run([*command, f"--screenshot={picture}", f"{demo}/"], capture_output=True, check=True, timeout=120)
    # Its own policy lets the style sheet through: the page has its colours.
    colours = colours_of(picture.read_bytes())
    assert {(246, 247, 249), (255, 255, 255), (226, 245, 233)} <= colours


def colours_of(png: bytes) -> set[tuple[int, int, int]]:
    """Read the colours of a PNG picture of 8 bits per channel (PNG specification §9)."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    assert depth == 8
    size = {2: 3, 6: 4}[kind]
    data, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += length + 12
    raw = zlib.decompress(data)
    found: set[tuple[int, int, int]] = set()
    line = width * size
    above = bytearray(line)
    for row in range(height):
        start = row * (line + 1)
        current = unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + line]), above, size)
        found.update(zip(current[0::size], current[1::size], current[2::size], strict=True))
        above = current
    return found


def unfiltered(kind: int, line: bytearray, above: bytearray, size: int) -> bytearray:
    for index in range(len(line)):
        left = line[index - size] if index >= size else 0
        corner = above[index - size] if index >= size else 0
        if kind == 1:
            line[index] = (line[index] + left) & 255
        elif kind == 2:
            line[index] = (line[index] + above[index]) & 255
        elif kind == 3:
            line[index] = (line[index] + (left + above[index]) // 2) & 255
        elif kind == 4:
            guess = left + above[index] - corner
            nearest = min((left, above[index], corner), key=lambda value: abs(guess - value))
            line[index] = (line[index] + nearest) & 255
        else:
            break
    return line
