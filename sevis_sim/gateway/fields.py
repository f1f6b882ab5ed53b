"""From the request forms that clients use to the fields of an upload or download (sevis-protocol.md §1.2)."""

from urllib.parse import parse_qs

from aiohttp import web

from sevis_sim.domain.submissions import Upload
from sevis_sim.gateway.multipart import Form, boundary_of, read_form


def upload_fields(content_type: str, body: bytes) -> tuple[Upload, list[str]]:
    """Read an upload form; fields that are not there are blank. The second value lists what was odd."""
    boundary = boundary_of(content_type)
    if boundary is None:
        note = f"an upload must be multipart/form-data with a boundary; Content-Type is {content_type or 'missing'}"
        return Upload(), [note]
    form = read_form(body, boundary)
    document = form.parts.get("xml")
    return (
        Upload(
            org_id=_text(form, "orgid"),
            batch_id=_text(form, "batchid"),
            user_id=_text(form, "userid"),
            file_name=(document.file_name or "") if document else "",
            document=document.content if document else None,
        ),
        form.notes,
    )


def download_fields(request: web.Request, body: bytes) -> dict[str, str]:
    """Read ``orgid``, ``batchid`` and ``userid`` from the query string, a multipart or an urlencoded form."""
    fields = {name: text.strip() for name, text in request.query.items()}
    if request.method == "POST":
        content_type = request.headers.get("Content-Type", "")
        boundary = boundary_of(content_type)
        if boundary is not None:
            fields |= {name: part.text for name, part in read_form(body, boundary).parts.items()}
        else:
            pairs = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=64)
            fields |= {name: texts[0].strip() for name, texts in pairs.items()}
    return {name: fields.get(name, "") for name in ("orgid", "batchid", "userid")}


def _text(form: Form, name: str) -> str:
    part = form.parts.get(name)
    return part.text if part else ""
