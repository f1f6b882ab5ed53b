"""Advice without a server: what codes, results and files mean.

====================  ====================================================================
``check``             what SEVIS would answer to a file: dispositions, schema, rules
``check_model``       findings, notes and the report of one file
``check_draft``       a finding that points to an element, before its place is known
``check_sources``     files, folders, zips, standard input
``check_rules``       the rules of each event, as far as file, state and date decide them
``check_places``      line, column and excerpt of an element
``check_text``        reports for people
``check_formats``     reports for machines: JSON, SARIF, JUnit
``explain_codes``     one code, the codes of an event, the nearest code
``explain``           a result zip or a transaction log, record by record
``explain_upload``    what the uploaded batch says to a record of its result
====================  ====================================================================
"""
