"""The test controls: a REST API on the loopback interface (design.md §3.3).

==================  =========================================================
``application``     URLs, and errors as problem+json
``models``          what goes in and what comes out
``handlers``        one function a resource
==================  =========================================================

Everything of a sandbox is under ``/api/v1/sandboxes/{name}/…``; the same paths without that prefix mean ``default``.
"""

from sevis_sim.control.application import Control

__all__ = ["Control"]
