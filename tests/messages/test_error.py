"""The Error message as a model."""

from scimcore.errors import InvalidValue, NotFound
from scimcore.messages import Error
from scimcore.urns import ERROR


def test_of_an_exception() -> None:
    message = Error.of(InvalidValue("Attribute 'userName' is required."))
    assert (message.status, message.scim_type) == ("400", "invalidValue")
    assert message.to_document() == {
        "schemas": [ERROR],
        "status": "400",
        "scimType": "invalidValue",
        "detail": "Attribute 'userName' is required.",
    }
    assert Error.of(NotFound("No.")).scim_type is None


def test_as_others_write_it() -> None:
    message = Error.model_validate({"SCHEMAS": [ERROR], "status": "404", "Detail": "No.", "trace": "x"})
    assert (message.status, message.detail) == ("404", "No.")
