"""Batches that somebody could have sent, made up; and batches that are wrong in one known way.

=======================  ===================================================================================
``draw``, ``data``       chance that can be repeated; the lists in ``*.toml`` (names, countries, places, programs)
``people``, ``places``   invented people and families; addresses and numbers
``terms``                when programs begin
``students``             new students
``visitors``             new exchange visitors, with their training plans (``training``)
``updates``              events for known records: which, in which order, tried before they are kept
``student_updates``      what each event says; so do ``student_work`` and ``visitor_updates``
``target``, ``sampled``  what those are given; events that none of them knows, walked from the schema
``batches``              header, ids, 250 records a file; ``markup`` writes the XML
``aftermath``            what SEVIS knows afterwards; ``states`` writes it as a scenario
``near_misses``          for each thing that the schema forbids a file that does just that (``near_miss_*``)
``for_code``             the batch that ends in a code, and its state (``for_disposition``, ``documents``)
=======================  ===================================================================================

Everything follows from a seed and a day: the same two give the same bytes.
"""
