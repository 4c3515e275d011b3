"""The API as a whole: who calls, and the endpoints of all registers."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.schema import NinjaGenerateJsonSchema
from ninja.security import APIKeyCookie, HttpBearer
from ninja.throttling import SimpleRateThrottle

from quarterdeck import __version__
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.tokens import actor_of_token
from quarterdeck.kernel.registers.api.endpoints import router_for
from quarterdeck.kernel.registers.api.errors import install
from quarterdeck.kernel.registers.api.schemas import Problem
from quarterdeck.kernel.registers.spec import all_registers
from quarterdeck.kernel.ui.request import actor_of

#: What any operation may answer with instead: sign in, not allowed, not found, changed meanwhile, refused.
REFUSALS: Final = (401, 403, 404, 409, 422)


class Token(HttpBearer):
    """An API token in the Authorization header."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Return the token's actor and make it the request's."""
        actor = actor_of_token(token, now=clock.now())
        if actor is not None:
            request.actor = actor  # type: ignore[attr-defined]  # as ActorMiddleware does for a session
        return actor


class Session(APIKeyCookie):
    """The browser's session; what changes something needs the CSRF header as every page does."""

    param_name = "sessionid"

    def __init__(self) -> None:
        self.param_name = settings.SESSION_COOKIE_NAME
        super().__init__(csrf=True)

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        """Return the session's actor, acting by way of the API."""
        actor = actor_of(request)
        if actor.user is None:
            return None
        request.actor = actor.by("api")  # type: ignore[attr-defined]  # as ActorMiddleware does
        return actor


class PerUser(SimpleRateThrottle):
    """So many calls a minute by one user, over session and tokens together. Each server process counts for itself."""

    scope = "user"

    def __init__(self) -> None:
        super().__init__(f"{settings.API_PER_MINUTE}/min")

    def allow_request(self, request: HttpRequest) -> bool:
        """Tell whether this call is within the limit."""
        self.num_requests = settings.API_PER_MINUTE
        return super().allow_request(request)

    def get_cache_key(self, request: HttpRequest) -> str | None:
        """Return under which name the calls are counted; None for no limit."""
        actor = actor_of(request)
        if not self.num_requests or actor.user is None:
            return None
        return self.cache_format % {"scope": self.scope, "ident": actor.user.pk}


class Described(NinjaAPI):
    """The API with its refusals, which are the same of every operation, added to what it says of itself.

    Named operation by operation, each would be given five models of its own to check what no operation returns:
    refusals are raised, and answered by `errors`. That took a third of the time to start a process.
    """

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        """Return the description of all operations."""
        told = super().get_openapi_schema(**given)
        told["components"]["schemas"]["Problem"] = Problem.model_json_schema(schema_generator=NinjaGenerateJsonSchema)
        body = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        for methods in told["paths"].values():
            for operation in methods.values():
                operation["responses"] |= {
                    code: {"description": HTTPStatus(code).phrase, "content": body} for code in REFUSALS
                }
        return told


def build() -> NinjaAPI:
    """Return the API over every register declared; called once, when all are."""
    api = Described(
        title="Quarterdeck",
        version=__version__,
        description="Every register of the organisation, with the same rules and rights as its pages.",
        urls_namespace="api",
        docs_url=None,
        openapi_url="/openapi.json",
        auth=[Token(), Session()],
        throttle=PerUser(),
    )
    install(api)
    for register in all_registers():
        api.add_router(f"/{register.slug}", router_for(register))
    return api
