"""What `make bench` measures: ratios against a named peer or limit in the same run (design.md §6).

``startup`` from exec to ready, and inside a process; ``validation`` 250 records; ``uploads`` over mutual TLS; ``night``
one batch of 250 students with forms. ``inputs`` makes the batches; ``timing`` measures and prints.
"""
