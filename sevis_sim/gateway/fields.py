"""From the request forms that clients use to the fields of an upload or download (sevis-protocol.md §1.2)."""

from urllib.parse import parse_qs

from aiohttp import web

from sevis_sim.domain.submissions import Upload
from sevis_sim.gateway.multipart import MAX_PARTS, Form, FormReader, boundary_of, header_deviations, read_form


class UploadReader:
    """Reads the form of an upload from the pieces of its body."""

    def __init__(self, content_type: str, *, lenient: bool = False) -> None:
        """Prepare for a form of this ``Content-Type``; see `FormReader` for ``lenient``."""
        self._header = header_deviations(content_type)
        boundary = boundary_of(content_type)
        self._reader = FormReader(boundary, lenient=lenient) if boundary else None

    def feed(self, data: bytes) -> None:
        """Take the next bytes; those of a body that is no form are thrown away."""
        if self._reader:
            self._reader.feed(data)

    def close(self) -> Form:
        """Take the body as ended, and return its form."""
        form = self._reader.close() if self._reader else Form()
        form.deviations[:0] = self._header
        return form


def upload_fields(form: Form) -> Upload:
    """Return the fields of an upload; those that are not there are blank."""
    document = form.parts.get("xml")
    return Upload(
        org_id=field_text(form, "orgid"),
        batch_id=field_text(form, "batchid"),
        user_id=field_text(form, "userid"),
        file_name=(document.file_name or "") if document else "",
        document=document.read if document else None,
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
            try:
                pairs = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_PARTS)
            except ValueError:  # more fields than any form has: as good as none
                pairs = {}
            fields |= {name: texts[0].strip() for name, texts in pairs.items()}
    return {name: fields.get(name, "") for name in ("orgid", "batchid", "userid")}


def field_text(form: Form, name: str) -> str:
    """Return the text of a part; blank where there is none."""
    part = form.parts.get(name)
    return part.text if part else ""
