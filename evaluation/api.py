"""What analysts' programs can ask for: which exports of a study there are, and the file of one. Nothing can be changed.

A program sends its token in the header `Authorization: Bearer …`. Described by OpenAPI 3.1 at openapi.json.
"""

from datetime import datetime
from typing import Annotated

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, NinjaAPI, Query, Schema
from ninja.errors import HttpError
from ninja.security import HttpBearer

from evaluation.exports.folder import folder_of
from evaluation.models import ApiToken, Export
from evaluation.services.api_token import use_api_token
from evaluation.services.export import log_download
from peersupport.access import log, throttle

#: How many exports one answer lists.
MOST = 100
#: Wrong tokens from one address.
MOST_TRIES, IN_SECONDS = 30, 600
#: What a primary key can be.
KEY = Field(ge=1, le=2**63 - 1)


class ExportOut(Schema):
    """A finished export, as in the register."""

    id: int
    profile: str = Field(description="What it holds: quantitative, qualitative or everything")
    as_of: datetime = Field(description="The instant whose consent and data it holds")
    file_name: str
    sha256: str = Field(description="SHA-256 of the file, hexadecimal")
    size_bytes: int
    is_linkable: bool = Field(description="Whether it has the same identifiers as the other linkable exports")

    @staticmethod
    def resolve_is_linkable(export):
        return not export.salt


class Sorry(Schema):
    """Why not, and what to do."""

    detail: str


class Bearer(HttpBearer):
    """A token of a study, whose person may still have its exports."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        found = use_api_token(secret=token, now=timezone.now())
        if not found and not _may_try(request):
            raise HttpError(429, _("Too many wrong tokens came from here. Wait ten minutes."))
        return found


def _may_try(request):
    where = get_adapter().get_client_ip(request)
    return throttle.allows("api", where, most=MOST_TRIES, seconds=IN_SECONDS)


api = NinjaAPI(
    title="Peer Support exports",
    version="1",
    description=__doc__,
    urls_namespace="research_api",
    docs_url=None,
    auth=Bearer(),
)


@api.get(
    "exports",
    response={200: list[ExportOut], 401: Sorry, 422: dict, 429: Sorry},
    url_name="export_list",
    summary="Exports that can be fetched, newest first",
)
def list_exports(
    request: HttpRequest,
    before: Annotated[int | None, Query(description="Only those with a smaller id: for the next page")] = None,
):
    token = request.auth
    log.record(actor=token.person, action=log.Action.VIEWED, obj=token, route="research_api:export_list")
    exports = _ready(token)
    if before is not None:
        exports = exports.filter(pk__lt=before)
    return exports.order_by("-pk")[:MOST]


@api.get(
    "exports/{export_id}/file",
    response={200: None, 401: Sorry, 403: Sorry, 404: Sorry, 422: dict, 429: Sorry},
    url_name="export_file",
    summary="The bundle of one export, as application/zip",
)
def fetch_export(request: HttpRequest, export_id: Annotated[int, KEY]):
    """Written into the access log each time, for everyone who is in it."""
    token = request.auth
    if token.scope != ApiToken.Scope.FETCH:
        raise HttpError(403, _("This token may list exports only. Make one that may fetch them."))
    export = _ready(token).filter(pk=export_id).first()
    if not export or not (path := folder_of(export) / export.file_name).is_file():
        raise HttpError(404, _("There is no such export, or it was recalled."))
    log_download(export=export, by=token.person, route="research_api:export_file", now=timezone.now())
    return FileResponse(path.open("rb"), as_attachment=True, filename=export.file_name, content_type="application/zip")


def _ready(token):
    exports = Export.objects.visible_to(token.person)
    return exports.filter(study=token.study_id, state=Export.State.READY)


#: For the site's URLs. Who asks is known by their token; no page to sign in on is of use to a program.
urls = api.urls
for pattern in urls[0]:
    pattern.callback = login_not_required(pattern.callback)
