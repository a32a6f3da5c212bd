"""A user as plain pydantic models without SCIM semantics: what reading and writing typed JSON costs at the least.

The same attributes under the same names; no folding of casing, no characteristics, nothing dropped or required.
"""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Plain(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, serialize_by_alias=True)


class Name(Plain):
    formatted: str | None = None
    family_name: str | None = None
    given_name: str | None = None
    middle_name: str | None = None
    honorific_prefix: str | None = None
    honorific_suffix: str | None = None


class Value(Plain):
    value: str | None = None
    display: str | None = None
    type: str | None = None
    primary: bool | None = None


class Address(Plain):
    formatted: str | None = None
    street_address: str | None = None
    locality: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None
    type: str | None = None
    primary: bool | None = None


class Reference(Plain):
    value: str | None = None
    ref: str | None = Field(default=None, alias="$ref")
    display: str | None = None
    type: str | None = None


class Manager(Plain):
    value: str | None = None
    ref: str | None = Field(default=None, alias="$ref")
    display_name: str | None = None


class Enterprise(Plain):
    employee_number: str | None = None
    cost_center: str | None = None
    organization: str | None = None
    division: str | None = None
    department: str | None = None
    manager: Manager | None = None


class Meta(Plain):
    resource_type: str | None = None
    created: datetime | None = None
    last_modified: datetime | None = None
    location: str | None = None
    version: str | None = None


class User(Plain):
    schemas: list[str]
    id: str | None = None
    external_id: str | None = None
    meta: Meta | None = None
    user_name: str
    name: Name | None = None
    display_name: str | None = None
    nick_name: str | None = None
    profile_url: str | None = None
    title: str | None = None
    user_type: str | None = None
    preferred_language: str | None = None
    locale: str | None = None
    timezone: str | None = None
    active: bool | None = None
    password: str | None = None
    emails: list[Value] | None = None
    phone_numbers: list[Value] | None = None
    ims: list[Value] | None = None
    photos: list[Value] | None = None
    addresses: list[Address] | None = None
    groups: list[Reference] | None = None
    entitlements: list[Value] | None = None
    roles: list[Value] | None = None
    x509_certificates: list[Value] | None = Field(default=None, alias="x509Certificates")
    enterprise: Enterprise | None = Field(
        default=None, alias="urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    )
