"""What a layout's paths start from: one mapping for one form."""

from collections.abc import Mapping
from typing import Any

from sevis_sim.domain import document
from sevis_sim.domain.outcomes import FormRequest

Context = dict[str, Any]

ROOTS = frozenset({"data", "dependent", "dependents", "site", "organization", "official", "form", "person", "item"})
"""First steps that a path may have. ``person`` is set by the layout's variant, ``item`` within a table."""


def build(request: FormRequest) -> Context:
    """Return what the paths of a layout lead through.

    ``data`` has the record's elements, ``dependent`` those of the dependent whose form it is, ``dependents`` all of
    the record's, ``site`` the primary site of activity; ``organization`` and ``official`` are their profiles, and
    ``form`` is what the request itself says.
    """
    record = request.record
    data = record.get("data") or {}
    return {
        "data": data,
        "dependent": (request.dependent or {}).get("data") or {},
        "dependents": record.get("dependents") or [],
        "site": _primary_site(record, data),
        "organization": request.organization,
        "official": request.official,
        "form": {
            "person": "principal" if request.dependent is None else "dependent",
            "sevis_id": request.sevis_id,
            "principal_sevis_id": record.get("sevis_id", ""),
            "purpose": request.purpose,
            "issued": request.issued,
        },
    }


def _primary_site(record: Mapping[str, Any], data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The site marked primary, else the first; of the stored sites, else of those that the create brought."""
    stored = [site.get("data") or {} for site in record.get("sites") or []]
    sent = [
        *document.children(data, "AddSiteOfActivity/SiteOfActivity"),
        *document.children(data, "AddTIPP/TippSite"),
    ]
    sites = [site for site in stored or sent if isinstance(site, Mapping)]
    return next((site for site in sites if document.flag(site, "PrimarySite")), sites[0] if sites else {})
