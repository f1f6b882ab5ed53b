"""The nouns of SEVIS, free of HTTP, SQL and rules.

==================  ==================================================================
``systems``         production, beta and alpha: what sets one SEVIS apart from another
``organizations``   schools, sponsors and their officials
``document``        XML elements as nested mappings, and typed reading of their values
``records``         students, exchange visitors and their dependents as SEVIS stores them
``facts``           what only the outside world knows of a person: names and types, from ``facts.toml``
``outcomes``        what processing says of a record: success or one code, addresses, ids
``submissions``     an uploaded batch, from acceptance to result
``readings``        the readings of uncertain rules that a setting may choose
``sevis_ids``       how simulated SEVIS IDs are made
==================  ==================================================================
"""
