"""What a type checker knows of the models. Not run: ``mypy --strict typing_tests`` reads it."""

from typing import assert_type

from scimcore.documents import Document
from scimcore.messages import ListResponse
from scimcore.resources import Email, EnterpriseUser, Group, Manager, Member, Name, User
from scimcore.schema import Extension, Resource, Schema, attribute, extension, model_of
from scimcore.schema.resource_type import ResourceType


class Badge(Extension, schema="urn:example:params:scim:schemas:extension:badge:2.0:User"):
    number: str | None = attribute("Its number.")


class Employee(User):
    badge: Badge | None = extension(Badge)


user = User.model_validate({})
assert_type(user, User)
assert_type(User.model_validate_json(b"{}", extra="allow"), User)
assert_type(user.user_name, str | None)
assert_type(user.active, bool | None)
assert_type(user.name, Name | None)
assert_type(user.emails, list[Email] | None)
assert_type(user.enterprise, EnterpriseUser | None)
assert_type(user[EnterpriseUser], EnterpriseUser | None)
assert_type(user.to_document(), Document)
assert_type(user.to_json(), bytes)
if user.enterprise is not None and user.enterprise.manager is not None:
    assert_type(user.enterprise.manager, Manager)
    assert_type(user.enterprise.manager.ref, str | None)

employee = Employee.model_validate({})
assert_type(employee, Employee)
assert_type(employee.badge, Badge | None)
assert_type(employee[Badge], Badge | None)
assert_type(Employee.resource_type(), ResourceType)
assert_type(Employee.scim_schema(), Schema)

assert_type(Group(display_name="g", members=[Member(value="1")]).members, list[Member] | None)
assert_type(ListResponse.model_validate({}).resources_as(User), list[User])
assert_type(model_of(Schema("urn:example:x")), type[Resource])

User(userNmae="bj")  # type: ignore[call-arg]
User(user_name=5)  # type: ignore[arg-type]
user["Badge"]  # type: ignore[index]
