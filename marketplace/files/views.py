"""Handing a file out, whole or small."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, request, send_file

from marketplace.errors import NotFound
from marketplace.files.models import StoredFile
from marketplace.files.names import split
from marketplace.files.pictures import small
from marketplace.files.seeing import file_for
from marketplace.web.page import Access, me, page, show

blueprint = Blueprint("files", __name__)
blueprints = [blueprint]
log = logging.getLogger(__name__)
#: A file that is opened as a page of its own may do nothing at all.
CONTENT_SECURITY_POLICY = "default-src 'none'; sandbox"


@blueprint.get("/files/<int:file_id>")
@page(Access.SIGNED_IN)
def download(file_id: int) -> Any:
    """Hand a file out to whoever may see it; staff are told why a quarantined one is not handed out.

    Only pictures, which the site wrote anew itself, may be shown inside a page.
    """
    file = file_for(me(), file_id)
    if file.is_quarantined:
        return show("files/quarantined.html", file=file)
    try:
        response = send_file(file.path, mimetype=file.media_type, etag=file.sha256, conditional=True)
    except FileNotFoundError:
        log.error("file %s has a row but no content: %s", file.id, file.path)
        raise NotFound(file_id) from None
    response.headers["Content-Disposition"] = disposition(file)
    return _guarded(response)


@blueprint.get("/files/<int:file_id>/small")
@page(Access.SIGNED_IN)
def thumbnail(file_id: int) -> Any:
    """A kept picture, small, for whoever may see it. Made when it is asked for; browsers keep it."""
    file = file_for(me(), file_id)
    if file.is_quarantined or not file.is_picture:
        raise NotFound(file_id)
    tag = f"{file.sha256}-small"
    if request.if_none_match.contains(tag):
        response = Response(status=304)
    else:
        try:
            response = Response(small(file.path), mimetype="image/jpeg")
        except FileNotFoundError:
            log.error("file %s has a row but no content: %s", file.id, file.path)
            raise NotFound(file_id) from None
    response.set_etag(tag)
    return _guarded(response)


def _guarded(response: Any) -> Any:
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def disposition(file: StoredFile) -> str:
    """The header that names the file: plain for old programs, RFC 5987 for the Korean name."""
    plain = f"file-{file.id}.{split(file.name)[1]}"
    way = "inline" if file.is_picture else "attachment"
    return f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"
