"""What Okta and Entra ID send, every step of it, to ``serve`` as an administrator starts it for them."""

import pytest

from serving import serving
from stories import TOKEN, play, read
from stories.sockets import client


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("okta_spec_test", ()),
        ("okta_lifecycle", ()),
        ("okta_full_lifecycle", ()),
        ("okta_full_lifecycle", ("--profile", "condeco", "--storage", "sqlite:scim.db")),
        ("entra_lifecycle", ("--dialect", "entra")),
        ("entra_full_lifecycle", ("--dialect", "entra")),
        ("entra_full_lifecycle", ("--dialect", "entra", "--storage", "sqlite:scim.db")),
    ],
)
def test_every_step(name: str, arguments: tuple[str, ...]) -> None:
    with serving(*arguments) as base, client(base) as send:
        played = play(read(name), send, {"base": base, "token": TOKEN})
    assert len(played) >= 12
    assert not [str(step) for step in played.values() if step.problems]
