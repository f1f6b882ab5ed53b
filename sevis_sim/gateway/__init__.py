"""The wire: what a SEVIS client sees over HTTPS. Knows HTTP and never rules.

==================  ================================================================
``application``     the aiohttp application: URLs, and what every request goes through
``identity``        which sandbox and which organizations a client certificate stands for
``body``            bounded reading of request bodies
``multipart``       the forgiving reader of upload forms
``fields``          request forms to fields: multipart, query string, urlencoded
``recording``       requests and answers as they stood on the wire, for the journal
``mishaps``         what is answered when a sandbox goes away below a request, or the simulator breaks down
``replies``         transaction logs, zips and HTML pages as responses
==================  ================================================================
"""

from sevis_sim.gateway.application import Gateway

__all__ = ["Gateway"]
