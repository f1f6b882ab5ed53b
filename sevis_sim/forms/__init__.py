"""Forms as PDF: the data of an I-20 or DS-2019 in a plain layout of our own that nobody can take for a real one.

``layouts/*.toml`` say what stands where (see `layout`); `context` is what their paths start from, `expression` and
`formatters` turn paths into text; `flow` fills a layout and lets it flow over pages; `marks`, `frame` and `watermark`
say what is drawn, `fonts` in which type; `pdf` writes the file with reportlab. `pool` shares large batches between
processor cores. `plain` draws the same pages the slow way, as a measure and a second opinion.

Every page says SPECIMEN - TEST ONLY, and nothing can turn that off.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sevis_sim.forms.errors import LayoutError
from sevis_sim.forms.pool import FormPool

if TYPE_CHECKING:
    from sevis_sim.domain.outcomes import FormRequest

__all__ = ["FormPool", "LayoutError", "file_name", "printed_values", "render", "render_all"]


def render(request: "FormRequest") -> bytes:
    """Return one form as a PDF file: US Letter, three pages unless the record needs more, the same bytes each time.

    Raises:
        LayoutError: there is no layout for ``request.form``.
    """
    from sevis_sim.forms import flow, pdf

    return pdf.write(flow.fill(request))


def render_all(requests: "Sequence[FormRequest]", pool: FormPool | None = None) -> list[bytes]:
    """Return many forms in order; with a pool, a large batch uses all processor cores."""
    return pool.render_all(requests) if pool is not None else [render(request) for request in requests]


def file_name(request: "FormRequest", template: str = "{sevis_id}.pdf") -> str:
    """Return a form's name in a result zip.

    ``template`` may use ``{sevis_id} {form} {org_id} {issued}``; downstream readers look for the SEVIS ID in the
    name (forms.md §9.1).

    Raises:
        ValueError: the template has another placeholder.
    """
    values = {
        "sevis_id": request.sevis_id,
        "form": request.form,
        "org_id": request.organization.get("id", ""),
        "issued": request.issued,
    }
    try:
        return template.format(**values)
    except (KeyError, IndexError, AttributeError, ValueError) as error:
        known = ", ".join(f"{{{key}}}" for key in values)
        raise ValueError(f"file name template {template!r}: it may use {known}") from error


def printed_values(pdf: bytes) -> dict[str, Any]:
    """Return what a form of ours says, from its metadata: form, edition, SEVIS ID and the values by block and field.

    Raises:
        ValueError: the file is not a form of sevis-sim.
    """
    from sevis_sim.forms.pdf import printed_values as read

    return read(pdf)
