"""The running server does what openapi.json says: whatever is asked, right or wrong, the answer is one that it names.

schemathesis makes requests out of the document and holds each answer to it: status, media type, headers and shape;
never a 5xx.
"""

from uuid import uuid4

import jsonschema
import pytest
import schemathesis
from django.core.management import call_command
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from consultation.api import actions
from consultation.api.document import document
from consultation.api.urls import urlpatterns
from consultation.discussion import actions as discussion
from consultation.discussion.models import Comment
from consultation.positions.models import PositionVersion
from tests import factories

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
EXAMPLES = 8


@pytest.fixture
def consultation(transactional_db):
    """A consultation that the server on its own thread sees, with something of everything."""
    call_command("loaddata", "stakeholder-groups", "gfmd-gcm-cluster-1", verbosity=0)
    return factories.ConsultationFactory(slug="sample-round")


@pytest.fixture
def secret(consultation, contributor, focal_point, moderator):
    first = factories.published(contributor, consultation, moderator)
    factories.published(contributor, consultation, moderator, ref="pol3", body="A reply.", parent=None)
    factories.statement(focal_point, consultation, moderator)
    discussion.withdraw_comment(contributor, first)
    wanted = actions.Wanted("Fuzzing", ["read", "drafts:write"], 30)
    return actions.make_token(focal_point, factories.organisation_of(focal_point), wanted, uuid4())[1]


@pytest.fixture
def api(live_server, secret, settings):
    said = document(f"{live_server.url}/api/v1")
    # What is there, so that more than 404 is seen.
    there = said["components"]["parameters"]
    there["slug"]["schema"], there["ref"]["schema"] = {"enum": ["sample-round"]}, {"enum": ["pol3", "pol4"]}
    schema = schemathesis.openapi.from_dict(said)
    schema.config.update(base_url=f"{live_server.url}/api/v1")
    return schema


def cases(operation):
    """Requests as the document has them, and requests that it does not have."""
    modes = [schemathesis.GenerationMode.POSITIVE]
    if operation.body or operation.query or operation.path_parameters:
        modes.append(schemathesis.GenerationMode.NEGATIVE)
    return [operation.as_strategy(generation_mode=mode) for mode in modes]


def test_every_answer_is_one_that_the_document_names(api, secret):
    asked = 0
    for found in api.get_all_operations():
        operation = found.ok()
        for strategy in cases(operation):

            @settings(
                max_examples=EXAMPLES,
                database=None,
                derandomize=True,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=strategy)
            def ask(case):
                nonlocal asked
                asked += 1
                case.call_and_validate(headers={"Authorization": f"Bearer {secret}"}, checks=CHECKS)

            ask()
    assert asked > 100
    assert not Comment.objects.exclude(state__in=["published", "withdrawn", "draft"]).exists()
    assert PositionVersion.objects.filter(state="signed").count() == 1


def test_the_document_is_one_and_names_every_address(client, db):
    said = client.get("/api/v1/openapi.json").json()
    assert said["openapi"] == "3.1.0"
    assert said == document("http://testserver/api/v1")
    for schema in said["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    ours = {str(p.pattern) for p in urlpatterns if str(p.pattern).startswith("api/v1/") and p.name != "api_nothing"}
    named = {f"api/v1{path}".replace("{slug}", "<slug:slug>").replace("{ref}", "<slug:ref>") for path in said["paths"]}
    assert ours == named
