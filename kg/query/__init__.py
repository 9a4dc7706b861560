"""Questions and answers: named queries with typed parameters, and the forms in which answers leave."""

from kg.query.answers import FORMS, Rows, named_plainly, readable, with_labels, write
from kg.query.questions import Parameter, Question, bind, parse_question, read_question, read_questions, refuse_unknown

__all__ = [
    "FORMS",
    "Parameter",
    "Question",
    "Rows",
    "bind",
    "named_plainly",
    "parse_question",
    "read_question",
    "read_questions",
    "readable",
    "refuse_unknown",
    "with_labels",
    "write",
]
