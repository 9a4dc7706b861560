"""Reference tables: reads CSV files as their CSVW metadata describes them, checks them, turns rows into triples."""

from kg.reference.metadata import Column, Table, read_tables
from kg.reference.rows import Row, read_rows
from kg.reference.triples import Triple, triples_of_table

__all__ = ["Column", "Row", "Table", "Triple", "read_rows", "read_tables", "triples_of_table"]
