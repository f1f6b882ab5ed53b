"""Advice without a server: what codes, results and files mean.

====================  ====================================================================
``explain_codes``     one code, the codes of an event, the nearest code
``explain``           a result zip or a transaction log, record by record
``explain_upload``    what the uploaded batch says to a record of its result
====================  ====================================================================
"""
