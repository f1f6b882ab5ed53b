"""The test controls: a REST API on the loopback interface (design.md §3.3).

==================  =========================================================
``application``     the aiohttp application, and errors as problem+json
``routes``          the one table of requests
``models``          what goes in and what comes out
``requests``        reading a request, refusing it
``checks``          what every request is checked for: where it comes from, its query, its type
``clock``, ``world``, ``journal``, ``sandboxes``   one function for each request
``stream``          the journal as server-sent events
``examples``        an example of each request
``openapi``         the OpenAPI document, made from the table
==================  =========================================================

Everything of a sandbox is under ``/api/v1/sandboxes/{name}/…``; the same paths without that prefix mean ``default``.
"""

from sevis_sim.control.application import Control

__all__ = ["Control"]
