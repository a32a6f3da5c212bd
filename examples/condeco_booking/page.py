"""The pages, written on the server: plain HTML, every value escaped, no script."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from people import Booking
from recording import Seen

from scimcore.profiles import CONDECO, Explained, explain

ROOMS = (("Ada", "London", "3"), ("Grace", "London", "4"), ("Hedy", "Paris", "1"))
HOURS = range(9, 13)

_VERDICTS = {
    "ok": "good",
    "normalised": "changed",
    "default": "changed",
    "calculated": "changed",
    "kept": "changed",
    "not sent": "quiet",
}

# What a page may load: its own style sheet. Text that somebody else has chosen is never more than text.
POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


def home(booking: Booking, seen: Sequence[Seen], base_url: str, message: str = "") -> str:
    """The page that shows everything."""
    people = booking.people()
    active = sum(person["accountActive"] for person in people)
    return _page(
        "Rooms",
        f"""
<section class="tiles">
  {_tile(active, "active people")}
  {_tile(len(people) - active, "inactive or deleted")}
  {_tile(len(booking.teams()), "groups")}
  {_tile(len(seen), "last requests")}
</section>
{f'<p class="message" role="status">{escape(message)}</p>' if message else ""}
<section id="people"><h2>People</h2>{_people(people, base_url)}</section>
<section id="rooms"><h2>Rooms today</h2>{_rooms(booking, people)}</section>
<section id="groups"><h2>Groups</h2>{_teams(booking, people)}</section>
<section id="requests"><h2>Last requests</h2>{_requests(seen)}</section>
""",
    )


def person(booking: Booking, id: str) -> str | None:
    """One person, with each value's way from Okta; None if there is no such person."""
    document = booking.document(id)
    if document is None:
        return None
    record = next(each for each in booking.people() if each["id"] == id)
    return _page(
        _name(record),
        f"""
<p><a href="/">All people</a></p>
<h2>{escape(_name(record))} {_state(record)}</h2>
<p class="quiet">{escape(id)}</p>
{_explained(explain(CONDECO, document))}
""",
    )


def missing() -> str:
    return _page("Nothing here", '<p>There is nothing here. <a href="/">All people</a></p>')


def _page(title: str, content: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} · Meeting rooms</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header>
<h1><a href="/">Meeting rooms</a></h1>
<p>Provisioned by Okta, through the {escape(CONDECO.name)} profile</p>
</header>
<main>{content}</main>
</body>
</html>
"""


def _tile(number: int, label: str) -> str:
    return f"<div><strong>{number}</strong>{escape(label)}</div>"


def _people(people: Sequence[Mapping[str, Any]], base_url: str) -> str:
    if not people:
        return f"""
<p class="empty">Nobody yet. In Okta give the app the base URL <code>{escape(base_url)}</code> and the token that was
printed at the start, and assign somebody; or start with <code>--demo</code>.</p>"""
    fields = {
        "email": "E-mail",
        "telephone": "Telephone",
        "mobile": "Mobile",
        "department": "Department",
        "costCode": "Cost code",
        "buildingLocation": "Building",
        "floor": "Floor",
        "country": "Country",
        "language": "Language",
    }
    rows = [
        "".join(
            (
                f"<td>{_state(person)}</td>",
                f'<td><a href="/people/{quote(person["id"], safe="")}">{escape(_name(person))}</a></td>',
                *(f"<td>{escape(str(person.get(field, '')))}</td>" for field in fields),
            )
        )
        for person in people
    ]
    return _table(("", "Name", *fields.values()), rows)


def _rooms(booking: Booking, people: Sequence[Mapping[str, Any]]) -> str:
    taken = booking.bookings()
    names = {person["id"]: _name(person) for person in people}
    rows = []
    for room, building, floor in ROOMS:
        cells = [f"<th scope=row>{escape(room)}</th><td>{escape(building)}, floor {escape(floor)}</td>"]
        for hour in HOURS:
            who = taken.get((room, hour))
            cells.append(f'<td class="taken">{escape(names[who])}</td>' if who else '<td class="quiet">free</td>')
        rows.append("".join(cells))
    options = "".join(
        f'<option value="{escape(person["id"])}">{escape(_name(person))}</option>'
        for person in people
        if person["accountActive"]
    )
    rooms = "".join(f"<option>{escape(room)}</option>" for room, _, _ in ROOMS)
    hours = "".join(f'<option value="{hour}">{hour}:00</option>' for hour in HOURS)
    form = f"""
<form method="post" action="/bookings">
  <label>Who <select name="person" required>{options}</select></label>
  <label>Room <select name="room">{rooms}</select></label>
  <label>Hour <select name="hour">{hours}</select></label>
  <button>Book</button>
</form>"""
    return _table(("Room", "Where", *(f"{hour}:00" for hour in HOURS)), rows) + (form if options else "")


def _teams(booking: Booking, people: Sequence[Mapping[str, Any]]) -> str:
    names = {person["id"]: _name(person) for person in people}
    teams = booking.teams()
    if not teams:
        return '<p class="empty">No group was pushed yet.</p>'
    rows = [
        f"<th scope=row>{escape(team)}</th>"
        f"<td>{escape(', '.join(names.get(id, id) for id in members) or 'nobody')}</td>"
        for team, members in teams
    ]
    return _table(("Group", "Members"), rows)


def _requests(seen: Sequence[Seen]) -> str:
    if not seen:
        return '<p class="empty">No request yet.</p>'
    return "".join(_request(each, opened=index == 0) for index, each in enumerate(seen))


def _request(seen: Seen, *, opened: bool) -> str:
    kind = "good" if seen.status < 400 else "bad"
    inside = []
    if seen.detail:
        faults = "".join(f"<li>{escape(fault)}</li>" for fault in seen.detail.split("; "))
        inside.append(f'<ul class="faults">{faults}</ul>')
    if seen.operations:
        inside.append(f"<p>{'<br>'.join(f'<code>{escape(each)}</code>' for each in seen.operations)}</p>")
    if seen.explained:
        inside.append(_explained(seen.explained))
    summary = f"""<span class="badge {kind}">{seen.status}</span> <b>{escape(seen.method)}</b>
<code>{escape(seen.path)}</code> <time class="quiet">{seen.time:%H:%M:%S}</time>"""
    if not inside:
        return f'<div class="request">{summary}</div>'
    state = " open" if opened else ""
    return f'<details class="request"{state}><summary>{summary}</summary>{"".join(inside)}</details>'


def _explained(rows: Iterable[Explained]) -> str:
    """The mapping of one user: what came, what is kept, and why."""
    lines = []
    for row in rows:
        cells = "".join(
            f"<td>{escape(text)}</td>" for text in (row.label, row.path, row.field, row.received, row.stored)
        )
        lines.append(f'{cells}<td class="{_VERDICTS.get(row.verdict, "bad")}">{escape(row.verdict)}</td>')
    return _table(("Okta label", "SCIM path", "Field", "Received", "Stored", "Verdict"), lines, kind="explained")


def _table(heads: Sequence[str], rows: Sequence[str], kind: str = "") -> str:
    head = "".join(f"<th scope=col>{escape(head)}</th>" for head in heads)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    attribute = f' class="{kind}"' if kind else ""
    return f"""
<div class="scroll"><table{attribute}>
<thead><tr>{head}</tr></thead>
<tbody>{body}</tbody>
</table></div>"""


def _name(person: Mapping[str, Any]) -> str:
    return f"{person.get('firstName', '')} {person.get('lastName', '')}".strip() or str(person["userName"])


def _state(person: Mapping[str, Any]) -> str:
    kind = "deleted" if person["accountDeleted"] else "active" if person["accountActive"] else "inactive"
    return f'<span class="badge {kind}">{kind}</span>'
