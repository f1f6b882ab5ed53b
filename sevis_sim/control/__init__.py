"""The test controls: a REST API on the loopback interface (design.md §3.3).

==================  =========================================================
``application``     the aiohttp application: who may use it, and errors as problem+json
``host``            whether a request comes from this machine
``late``            routes that are made for the first request
``api``             the routes as handlers
``routes``          the one table of requests
``models``          what goes in and what comes out
``requests``        reading a request, refusing it
``checks``          what a request is checked for: its query, its type
``clock``, ``world``, ``journal``, ``sandboxes``   one function for each request
``stream``          the journal as server-sent events
``examples``        an example of each request
``openapi``         the OpenAPI document, made from the table
==================  =========================================================

Everything of a sandbox is under ``/api/v1/sandboxes/{name}/…``; the same paths without that prefix mean ``default``.
"""

from sevis_sim.control.application import Control

__all__ = ["Control"]
