"""``examples/django_filter.py``: its answers are those of the filter over the documents."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django import setup
from django.conf import settings
from django.db import connection, models

from scimcore import InvalidFilter
from scimcore.filter import Filter
from scimcore.resources import User

# A process has one configuration: it has to do for examples/django_app.py, too, which takes what there is.
settings.configure(
    ROOT_URLCONF="django_app",
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    SECRET_KEY="for tests alone",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
setup()


class Account(models.Model):
    login = models.TextField()
    number = models.TextField(null=True)
    title = models.TextField(null=True)
    enabled = models.BooleanField()
    created = models.DateTimeField()

    class Meta:
        app_label = "example"


class Mail(models.Model):
    account = models.ForeignKey(Account, models.CASCADE)
    address = models.TextField()
    kind = models.TextField(null=True)

    class Meta:
        app_label = "example"


USERS = [
    {
        "id": "1",
        "userName": "mira",
        "externalId": "A",
        "title": "Captain",
        "active": True,
        "meta": {"created": "2024-01-01T00:00:00Z"},
        "emails": [{"value": "m@acme.com", "type": "work"}, {"value": "m@home.org", "type": "home"}],
    },
    {
        "id": "2",
        "userName": "Ines_100%",
        "active": False,
        "meta": {"created": "2024-06-01T00:00:00Z"},
        "emails": [{"value": "i@home.org", "type": "work"}],
    },
    {"id": "3", "userName": "noor", "externalId": "a", "active": True, "meta": {"created": "2025-01-01T00:00:00Z"}},
]


def loaded() -> ModuleType:
    path = Path(__file__).parents[2] / "examples" / "django_filter.py"
    spec = importlib.util.spec_from_file_location("django_filter", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


example = loaded()
FIELDS: dict[str, Any] = {
    "userName": "login",
    "externalId": "number",
    "title": "title",
    "active": "enabled",
    "meta.created": "created",
    "emails": example.Rows(Mail, "account", {"value": "address", "type": "kind"}),
}


@pytest.fixture(scope="module", autouse=True)
def accounts() -> Iterator[None]:
    with connection.schema_editor() as editor:
        editor.create_model(Account)
        editor.create_model(Mail)
    for user in USERS:
        Account.objects.create(
            pk=int(user["id"]),
            login=user["userName"],
            number=user.get("externalId"),
            title=user.get("title"),
            enabled=user["active"],
            created=user["meta"]["created"],
        )
        for mail in user.get("emails", ()):
            Mail.objects.create(account_id=int(user["id"]), address=mail["value"], kind=mail.get("type"))
    yield
    connection.close()


@pytest.mark.parametrize(
    "text",
    [
        'userName eq "MIRA"',
        'userName co "_100%"',
        'userName ne "mira"',
        'externalId eq "A"',
        'externalId ne "A"',
        'not (externalId eq "A")',
        "externalId eq null or title pr",
        "externalId ne null",
        'active eq true and meta.created gt "2024-03-01T00:00:00Z"',
        'emails[type eq "work" and value ew "@acme.com"]',
        'emails[type eq "work" and not (value ew "@acme.com")]',
        'not (emails[type eq "home"])',
        'emails.type ne "work"',
        'not (emails.type eq "work")',
        'emails co "home"',
        "emails.value pr",
        "not (emails.value pr)",
        'emails.type eq "work" and emails.value ew "@home.org"',
    ],
)
def test_answers(text: str) -> None:
    wanted = Filter(text, User.resource_type())
    expected = [int(user["id"]) for user in USERS if wanted.matches(user)]
    found = Account.objects.filter(example.filter_to_q(text, FIELDS)).order_by("pk")
    assert list(found.values_list("pk", flat=True)) == expected


@pytest.mark.parametrize(
    "text", ['nickName eq "x"', 'userName gt "a"', "emails.primary eq true", "name[givenName pr]", "password pr", "x"]
)
def test_what_cannot_be_answered_is_refused(text: str) -> None:
    with pytest.raises(InvalidFilter):
        example.filter_to_q(text, FIELDS)
