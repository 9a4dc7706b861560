"""Validation: the shapes of ontology/shapes/ applied to the dataset, or to files beside the ontology."""

from kg.validate.beside import Beside
from kg.validate.focus import Checker
from kg.validate.report import Finding, Report
from kg.validate.run import validate, validate_files

__all__ = ["Beside", "Checker", "Finding", "Report", "validate", "validate_files"]
